# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Tenon: an inference engine whose first-class citizen is the plugin.

The names are those of the interface family. Addresses and streams are integers; engines for the
CPU take addresses of host memory, which `address_of(array)` tells.
"""

from tenon._core import *  # noqa: F403
from tenon._core import DataType, Dims, __version__  # noqa: F401
from tenon.buffers import address_of, view  # noqa: F401
from tenon.types import volume  # noqa: F401

float32 = DataType.FLOAT
float16 = DataType.HALF
bfloat16 = DataType.BF16
int8 = DataType.INT8
int32 = DataType.INT32
int64 = DataType.INT64
uint8 = DataType.UINT8
bool = DataType.BOOL
fp8 = DataType.FP8
int4 = DataType.INT4
fp4 = DataType.FP4
e8m0 = DataType.E8M0

MAX_DIMS = Dims.MAX_DIMS
