# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What functions of quick plugins are given: tensors, and descriptions of them."""

import math

from tenon import _core
from tenon.buffers import is_on_gpu, view
from tenon.plugin._expressions import ShapeExprs, SizeTensorShapeExpr

_ON_GPU = (
    "Tensor has no '__array_interface__': it lies in memory of the GPU, which NumPy cannot read: "
    "use torch.as_tensor(tensor, device='cuda'), cupy.asarray(tensor) or data_ptr"
)


class Shape:
    """A shape of integers; -1 is an extent that is not known, and has a range in a profile."""

    def __init__(self, tensor_desc=None):
        self._desc = tensor_desc
        if tensor_desc is None:
            self._extents = []
        elif isinstance(tensor_desc, tuple):
            self._extents = [int(extent) for extent in tensor_desc]
        elif isinstance(tensor_desc, _core.PluginTensorDesc):
            self._extents = list(tensor_desc.dims)
        elif isinstance(tensor_desc, _core.DynamicPluginTensorDesc):
            self._extents = list(tensor_desc.desc.dims)
        else:
            raise ValueError(f"a Shape is made of a tuple or description, not {tensor_desc!r}")

    def numel(self):
        if self.is_dynamic:
            raise ValueError(f"shape {self} has an extent that is not known")
        return math.prod(self._extents)

    @property
    def is_dynamic(self):
        return any(extent < 0 for extent in self._extents)

    def _range(self, name):
        if not self.is_dynamic:
            raise ValueError(f"{name} is only there for dynamic shapes: {self} is static")
        return tuple(getattr(self._desc, name))

    @property
    def min(self):
        return self._range("min")

    @property
    def opt(self):
        return self._range("opt")

    @property
    def max(self):
        return self._range("max")

    def __len__(self):
        return len(self._extents)

    def __iter__(self):
        return iter(self._extents)

    def __getitem__(self, index):
        return self._extents[index]

    def __setitem__(self, index, value):
        self._extents[index] = value

    def __str__(self):
        return str(tuple(self._extents))

    __repr__ = __str__


class _Frozen:
    """Attributes can be set until freeze()."""

    _immutable = False

    def __setattr__(self, name, value):
        if self._immutable:
            raise ValueError(f"{type(self).__name__} is immutable: {name} cannot be set")
        object.__setattr__(self, name, value)

    def freeze(self):
        object.__setattr__(self, "_immutable", True)
        return self


class TensorDesc(_Frozen):
    """A tensor of a plugin before it runs: type and symbolic shape, later format and extents."""

    is_size_tensor = False

    def __init__(self, shape_expr=None, dtype=None, format=None, scale=None):
        self.shape_expr = shape_expr
        self.dtype = dtype
        self._format, self._scale = format, scale
        self._shape = None
        self._aliased = None

    @classmethod
    def described(cls, desc, shape_expr=None):
        """Of a DynamicPluginTensorDesc or PluginTensorDesc: type, format and extents are known."""
        plain = desc.desc if isinstance(desc, _core.DynamicPluginTensorDesc) else desc
        result = cls(shape_expr, plain.type, plain.format, plain.scale)
        result._shape = Shape(desc)
        return result

    @property
    def ndim(self):
        return len(self._shape if self.shape_expr is None else self.shape_expr)

    @property
    def has_shape(self):
        return self._shape is not None

    @property
    def has_shape_expr(self):
        return self.shape_expr is not None

    def _known(self, value, name):
        if not self.has_shape:
            raise ValueError(f"{name} is not known yet: only shape_expr, dtype and ndim are")
        return value

    @property
    def shape(self):
        return self._known(self._shape, "shape")

    @property
    def format(self):
        return self._known(self._format, "format")

    @property
    def scale(self):
        return self._known(self._scale, "scale")

    @property
    def is_dynamic(self):
        return self._known(self._shape, "is_dynamic").is_dynamic

    def numel(self):
        return self._known(self._shape, "numel").numel()

    def like(self):
        """A copy that may be changed and shares nothing."""
        copy = TensorDesc(None, self.dtype, self._format, self._scale)
        if self.shape_expr is not None:
            copy.shape_expr = ShapeExprs.from_tuple(tuple(self.shape_expr))
        copy._shape = self._shape
        return copy

    def aliased(self):
        """An output that lies where this input lies: the plugin works in place."""
        copy = self.like()
        copy._aliased = self
        return copy.freeze()

    def get_aliased(self):
        return self._aliased

    @property
    def is_aliased(self):
        return self._aliased is not None


class SizeTensorDesc(TensorDesc):
    """A scalar output that holds, after a run, an extent of other outputs."""

    is_size_tensor = True

    def __init__(self, opt, upper_bound):
        super().__init__(ShapeExprs(0), _core.DataType.INT32)
        self.opt, self.upper_bound = opt, upper_bound
        self.index = None

    def expr(self):
        """The extent, for the shapes of other outputs."""
        return SizeTensorShapeExpr(self)


class _Told:
    """A tensor as it is made: plain attributes, since this happens in every call."""

    def __init__(self, desc, pointer, strides, stream):
        self.data_ptr = pointer
        self._desc, self._strides, self._stream = desc, strides, stream
        self._partner, self._immutable = None, True


class Tensor(_Told):
    """A tensor while the plugin runs. Its memory is valid during the call.

    Made for every call, so everything but the address is found when it is asked for.
    """

    _told = ("shape", "strides", "dtype", "format", "scale")

    @staticmethod
    def of(desc, pointer, strides, stream):
        """Of a PluginTensorDesc, an address, and strides as Dims; cannot be changed."""
        tensor = _Told(desc, pointer, strides, stream)
        tensor.__class__ = Tensor
        return tensor

    def __getattr__(self, name):
        if name == "__array_interface__":  # where the property says that there is none
            raise AttributeError(_ON_GPU)
        if name not in Tensor._told:
            raise AttributeError(f"Tensor has no '{name}'")
        desc = self._desc
        if name == "shape":
            value = Shape(desc)
        elif name == "strides":
            value = tuple(self._strides)
        else:
            value = getattr(desc, "type" if name == "dtype" else name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name, value):
        if self._immutable:
            raise ValueError(f"Tensor is immutable: {name} cannot be set")
        self.__dict__[name] = value

    @property
    def ndim(self):
        return len(self.shape)

    def numel(self):
        return self.shape.numel()

    @property
    def is_data_dependent(self):
        return self.shape.is_dynamic

    def aliased(self, shape=None):
        """The same memory, under another shape; strides stay."""
        if shape is None:
            shape = self.shape
        if isinstance(shape, (tuple, _core.PluginTensorDesc)):
            shape = Shape(shape)
        if not isinstance(shape, Shape):
            raise ValueError(f"a shape is a tuple, Shape or PluginTensorDesc, not {shape!r}")
        copy = object.__new__(Tensor)
        known = {name: getattr(self, name) for name in Tensor._told}
        copy.__dict__.update(self.__dict__, **known)
        copy.__dict__.update(_immutable=False, shape=shape)
        return copy

    def get_aliased(self):
        """The tensor that shares this one's memory by the plugin's promise, or None."""
        return self._partner

    @property
    def is_aliased(self):
        return self._partner is not None

    def _interface(self):
        kind = _numpy_kind(self.dtype)
        return {
            "shape": tuple(self.shape),
            "typestr": kind.str,
            "data": (self.data_ptr, False),
            "version": 3,
            "strides": tuple(stride * kind.itemsize for stride in self.strides),
        }

    @property
    def __cuda_array_interface__(self):
        # The protocol's number for the default stream is 1; 0 is forbidden there.
        return {**self._interface(), "stream": self._stream or 1}

    @property
    def __array_interface__(self):
        if is_on_gpu(self.data_ptr):
            raise AttributeError(_ON_GPU)
        return self._interface()

    def __array__(self, dtype=None, copy=None):
        if is_on_gpu(self.data_ptr):
            raise TypeError(_ON_GPU)
        array = view(self.data_ptr, self.shape, self.dtype, owner=self)
        return array if dtype is None else array.astype(dtype, copy=bool(copy))

    def __dlpack__(self, **options):
        return self.__array__().__dlpack__(**options)

    def __dlpack_device__(self):
        return self.__array__().__dlpack_device__()


def _numpy_kind(dtype):
    import numpy  # noqa: PLC0415

    if dtype in (_core.DataType.BF16, _core.DataType.FP8, _core.DataType.INT4):
        raise ValueError(f"arrays of NumPy do not have {dtype}: use data_ptr")
    return numpy.dtype(_core.nptype(dtype))


def size_tensor(opt, upper_bound):
    """A scalar output that holds an extent: `opt` is tuned for, `upper_bound` bounds memory."""
    return SizeTensorDesc(opt, upper_bound)


def from_shape_expr(shape_expr, dtype):
    """A description of a shape (a tuple of integers and expressions, or ShapeExprs) and a type."""
    if isinstance(shape_expr, tuple):
        shape_expr = ShapeExprs.from_tuple(shape_expr)
    if not isinstance(shape_expr, ShapeExprs):
        raise ValueError(f"shape_expr is a tuple or ShapeExprs, not {shape_expr!r}")
    return TensorDesc(shape_expr, dtype)
