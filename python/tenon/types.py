# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Counting elements."""

import math


def volume(shape):
    """The number of elements of a shape: 1 for a scalar, -1 where an extent is not known."""
    extents = tuple(shape)
    return -1 if any(extent < 0 for extent in extents) else math.prod(extents)
