// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The change of layout that the builder puts between kernels which do not agree.
#pragma once

#include <string>

#include "kernel/record.h"

namespace tenon::cuda {

inline constexpr std::string_view kReorderName = "reorder";

/// Why make_reorder's step could not run, as the end of a sentence; empty when it can.
std::string refuse_reorder(DType dtype, const kernel::Layout& from, const kernel::Layout& to);

/// The record of a step that copies one tensor of `dtype` from one layout into another, for the
/// thread's current GPU. Its input and output have equal extents. Lanes that pad the last vector of
/// channels are written as zero. `from` and `to` may be equal: a copy.
Result<kernel::Record> make_reorder(DType dtype, const kernel::Layout& from,
                                    const kernel::Layout& to);
/// The same for GPUs of a compute capability.
Result<kernel::Record> make_reorder(DType dtype, const kernel::Layout& from,
                                    const kernel::Layout& to, int sm, Diagnostics& diag);

Result<std::unique_ptr<kernel::Loaded>> load_reorder(const kernel::RecordView& record,
                                                     Diagnostics& diag);

}  // namespace tenon::cuda
