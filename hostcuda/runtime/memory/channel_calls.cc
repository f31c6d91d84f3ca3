// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The format of an array's channels, which can be made without an array.
#include "hostcuda/runtime/error/error.h"

HOSTCUDA_API cudaChannelFormatDesc cudaCreateChannelDesc(int x, int y, int z, int w,
                                                         cudaChannelFormatKind kind) {
  return {x, y, z, w, kind};
}
