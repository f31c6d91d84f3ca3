// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The change of layout that the builder puts between kernels which do not agree.
#pragma once

#include <string>

#include "backends/simd/run/reorder.h"

namespace tenon::simd {

/// The record of a step that copies one tensor of `dtype` from one layout into another. Its input
/// and output have equal extents. Lanes that pad the last vector of channels are written as zero.
/// Serves every pair of layouts without private_id and every type but I4.
/// Any machine runs the step.
kernel::Record make_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                            int threads);

/// Why make_reorder's step could not run; empty when it can.
std::string refuse_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to);

}  // namespace tenon::simd
