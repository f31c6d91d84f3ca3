// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How element-wise kernels see tensors in memory.
#pragma once

#include "base/dims.h"
#include "kernel/layout.h"

namespace tenon::simd::pointwise {

/// Axes of memory, so that a tensor in `layout` is row-major over them. Only images (rank 4) in
/// whole vectors of channels are anything but linear; one channel, being broadcast, stays one.
Dims memory_axes(const Dims& dims, const kernel::Layout& layout);

}  // namespace tenon::simd::pointwise
