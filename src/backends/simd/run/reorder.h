// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies between layouts, at once and as a step.
#pragma once

#include <memory>
#include <string_view>

#include "kernel/record.h"

namespace tenon::simd {

/// KernelId::name of reorders, in family "simd".
inline constexpr std::string_view kReorderName = "reorder";

/// True if a reorder serves these: no private layout, no type below a byte, one channel axis.
bool can_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to) noexcept;

/// The loader of such records.
Result<std::unique_ptr<kernel::Loaded>> load_reorder(const kernel::RecordView& record,
                                                     Diagnostics& diag);

/// Copies at once, for who is not an engine step (binding conversion, tests). Buffers have the
/// sizes of kernel::storage_bytes and do not overlap.
void reorder(DType dtype, const Dims& dims, const kernel::Layout& from_layout, const void* from,
             const kernel::Layout& to_layout, void* to, int threads) noexcept;

}  // namespace tenon::simd
