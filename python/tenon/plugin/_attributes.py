# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Attributes of quick plugins as fields, which engine files and ONNX nodes keep."""

import numpy as np

from tenon import _core
from tenon.plugin._validate import array_dtype

_FieldType = _core.PluginFieldType
_SCALARS = {int: (np.int64, _FieldType.INT64), float: (np.float64, _FieldType.FLOAT64)}
_ARRAYS = {
    np.dtype(np.int8): _FieldType.INT8,
    np.dtype(np.int16): _FieldType.INT16,
    np.dtype(np.int32): _FieldType.INT32,
    np.dtype(np.int64): _FieldType.INT64,
    np.dtype(np.float32): _FieldType.FLOAT32,
    np.dtype(np.float64): _FieldType.FLOAT64,
    np.dtype(np.bool_): _FieldType.INT8,
    np.dtype(np.float16): _FieldType.FLOAT16,
}


def arrays_have(dtype):
    """Whether attributes may be arrays of this type of NumPy."""
    return dtype in _ARRAYS


def advertised(name, annotation, value=None):
    """The field that a creator shows for an attribute; `value` tells the type of a bare array."""
    if annotation in _SCALARS:
        return _core.PluginField(name, np.array([]), _SCALARS[annotation][1])
    if annotation is bool:
        return _core.PluginField(name, np.array([]), _FieldType.INT8)
    if annotation is str:
        return _core.PluginField(name, b"", _FieldType.CHAR)
    if annotation is bytes:
        return _core.PluginField(name, b"", _FieldType.UNKNOWN)
    element = array_dtype(annotation)
    kind = np.dtype(element) if element is not None else value.dtype
    return _core.PluginField(name, np.array([]), _ARRAYS[kind])


def encoded(name, annotation, value):
    """The field of a value."""
    if annotation in _SCALARS:
        kind, field_type = _SCALARS[annotation]
        return _core.PluginField(name, np.array([value], kind), field_type)
    if annotation is bool:
        return _core.PluginField(name, np.array([value], np.int8), _FieldType.INT8)
    if annotation is str:
        return _core.PluginField(name, value.encode(), _FieldType.CHAR)
    if annotation is bytes:
        return _core.PluginField(name, value, _FieldType.UNKNOWN)
    array = np.ascontiguousarray(value)
    if array.dtype == np.bool_:
        return _core.PluginField(name, array.view(np.int8), _FieldType.INT8)
    return _core.PluginField(name, array, _ARRAYS[array.dtype])


def decoded(field, annotation, kind=None):
    """The value of a field; `kind` is the NumPy type where the annotation is a bare array."""
    data = field.data
    if annotation is str:
        return "" if data is None else data.tobytes().rstrip(b"\0").decode()
    if annotation is bytes:
        return b"" if data is None else data.tobytes()
    if annotation in (int, float, bool):
        return annotation(data.reshape(-1)[0])
    element = array_dtype(annotation)
    if element is None and kind is not None and _ARRAYS[kind] == field.type:
        element = kind  # truth values come as int8
    array = np.zeros(0, element) if data is None else data
    return array if element is None else array.astype(element)
