// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The layouts behind the numbers that callers use for formats.
#pragma once

#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "ir/graph.h"
#include "kernel/layout.h"

namespace tenon::builder {

/// The layout of an nvinfer1::TensorFormat; nullopt for one that CPUs do not have.
std::optional<kernel::Layout> layout_of(uint8_t format) noexcept;

/// The layouts a network input or output may have: linear when nothing is said. Formats that do not
/// fit its rank are left out; fails, naming the tensor, when none is left.
Result<std::vector<kernel::Layout>> allowed_layouts(const ir::Value& value, Diagnostics& diag);

}  // namespace tenon::builder
