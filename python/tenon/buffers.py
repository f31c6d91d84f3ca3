# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Memory shared with NumPy and others, without copies.

An engine for the CPU reads and writes host memory, one for CUDA device memory: both are addressed
by integers. `address_of` takes the address of an array; `view` makes an array of an address.
"""

import ctypes
import os

import numpy as np

from tenon._core import DataType, nptype
from tenon.types import volume

_CPU = 1  # kDLCPU


class _DLDevice(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int32), ("id", ctypes.c_int32))


class _DLDataType(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16))


class _DLTensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device", _DLDevice),
        ("ndim", ctypes.c_int32),
        ("dtype", _DLDataType),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    )


def _dlpack_address(array):
    """The address behind an object that speaks DLPack only."""
    capsule = array.__dlpack__()
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    tensor = _DLTensor.from_address(pointer_of(capsule, b"dltensor"))
    if tensor.strides:
        expected = 1
        for axis in reversed(range(tensor.ndim)):
            if tensor.shape[axis] > 1 and tensor.strides[axis] != expected:
                raise ValueError("the array is not contiguous: copy it into row-major order first")
            expected *= tensor.shape[axis]
    return (tensor.data or 0) + tensor.byte_offset


def _require_contiguous(interface, itemsize):
    expected, strides = itemsize, interface.get("strides")
    for extent, stride in zip(reversed(interface["shape"]), reversed(strides or ())):
        if extent > 1 and stride != expected:
            raise ValueError("the array is not contiguous: copy it into row-major order first")
        expected *= extent


def address_of(array):
    """The address of a contiguous array, of NumPy or of anything with array interface or DLPack.

    The array must outlive every run that uses the address. Nothing is copied.
    """
    for protocol in ("__array_interface__", "__cuda_array_interface__"):
        interface = getattr(array, protocol, None)
        if interface is not None:
            _require_contiguous(interface, np.dtype(interface["typestr"]).itemsize)
            return interface["data"][0]
    if hasattr(array, "__dlpack__"):
        return _dlpack_address(array)
    raise TypeError(f"{type(array).__name__} shows no memory: pass a NumPy array, say")


_driver: list = []


def _driver_if_open():
    if not _driver:
        try:
            _driver.append(ctypes.CDLL("libcuda.so.1", mode=os.RTLD_NOLOAD | os.RTLD_LAZY))
        except OSError:
            return None
    return _driver[0]


def is_on_gpu(address):
    """Whether an address is memory of a GPU that the processor cannot read: the driver tells."""
    driver = _driver_if_open()
    if driver is None:
        return False  # nobody has opened the driver, so nobody has such memory
    kind, memory_type, device_memory = ctypes.c_uint(0), 2, 2
    code = driver.cuPointerGetAttribute(
        ctypes.byref(kind), memory_type, ctypes.c_ulonglong(address or 0)
    )
    return code == 0 and kind.value == device_memory


class _Memory:
    """Memory at an address, for NumPy and for what reads NumPy's protocol."""

    def __init__(self, address, shape, dtype, owner):
        self.owner = owner
        self.__array_interface__ = {
            "data": (address, False),
            "shape": shape,
            "typestr": dtype.str,
            "version": 3,
        }


def view(address, shape, dtype, owner=None):
    """A NumPy array over host memory at an address; `dtype` is a DataType or one of NumPy's.

    `owner` is kept alive by the array. The array has NumPy's `__dlpack__` too, so
    `torch.from_dlpack(view(...))` shares the memory as well.
    """
    kind = np.dtype(nptype(dtype) if isinstance(dtype, DataType) else dtype)
    extents = tuple(int(extent) for extent in shape)
    if volume(extents) < 0:
        raise ValueError(f"shape {extents} has an extent that is not known")
    if volume(extents) == 0:
        return np.empty(extents, kind)
    return np.asarray(_Memory(address, extents, kind, owner))
