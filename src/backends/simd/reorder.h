// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The change of layout that the builder puts between kernels which do not agree.
#pragma once

#include <memory>
#include <string_view>

#include "kernel/record.h"

namespace tenon::simd {

/// KernelId::name of reorders, in family "simd".
inline constexpr std::string_view kReorderName = "reorder";

/// The record of a step that copies one tensor of `dtype` from one layout into another. Its input
/// and output have equal extents. Lanes that pad the last vector of channels are written as zero.
/// Serves every pair of layouts without private_id and every type but I4.
/// Any machine runs the step.
kernel::Record make_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                            int threads);

/// Why make_reorder's step could not run; empty when it can.
std::string refuse_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to);

/// The loader of such records.
Result<std::unique_ptr<kernel::Loaded>> load_reorder(const kernel::RecordView& record,
                                                     Diagnostics& diag);

/// Copies at once, for who is not an engine step (binding conversion, tests). Buffers have the
/// sizes of kernel::storage_bytes and do not overlap.
void reorder(DType dtype, const Dims& dims, const kernel::Layout& from_layout, const void* from,
             const kernel::Layout& to_layout, void* to, int threads) noexcept;

}  // namespace tenon::simd
