# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""How far apart elements lie in each format, in elements."""

from tenon import _core

_Format = _core.TensorFormat
# Format -> (where the channels lie from the end, to how many they are padded; 1: not at all).
_CHANNELS_LAST = {
    _Format.HWC8: (3, 8),
    _Format.HWC16: (3, 16),
    _Format.HWC: (3, 1),
    _Format.DHWC8: (4, 8),
    _Format.DHWC: (4, 1),
}


def strides_of(desc):
    """Strides of a PluginTensorDesc. Of formats that cut channels into vectors: those of the
    planes of vectors, with the vector's length as the innermost distance."""
    extents = [abs(extent) for extent in desc.dims]
    if desc.format in _CHANNELS_LAST:
        back, multiple = _CHANNELS_LAST[desc.format]
        channel = len(extents) - back
        order = [*range(channel), *range(channel + 1, len(extents)), channel]
        extents[channel] = -(-extents[channel] // multiple) * multiple
    else:
        order = list(range(len(extents)))
    strides, distance = [0] * len(extents), 1
    for axis in reversed(order):
        strides[axis] = distance
        distance *= extents[axis]
    return tuple(strides)
