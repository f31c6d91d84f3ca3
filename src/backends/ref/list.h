// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE list of reference kernels: one row an operator.
#pragma once

#include <span>

#include "backends/ref/kernel.h"

namespace tenon::ref {

std::span<const Row> kernels();

/// The row of that name, or null.
const Row* find_kernel(std::string_view name) noexcept;

/// Ok, or says as info in `diag` what about the node cannot be served.
Status supports(const Row& row, const kernel::NodeInfo& node, Diagnostics& diag);

}  // namespace tenon::ref
