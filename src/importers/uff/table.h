// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of built-in operators: one row an operator.
#pragma once

#include <span>
#include <string_view>

#include "importers/uff/context.h"

namespace tenon::uff {

struct Row {
  std::string_view operation;
  Status (*import)(Context& node);
};

// The rows of each family, in operators/ in the file of that name.
std::span<const Row> arithmetic_rows();
std::span<const Row> constant_rows();
std::span<const Row> convolution_rows();
std::span<const Row> index_rows();
std::span<const Row> join_rows();
std::span<const Row> matrix_rows();
std::span<const Row> normalization_rows();
std::span<const Row> pooling_rows();
std::span<const Row> reduction_rows();
std::span<const Row> shape_rows();

/// The row of one operator, or null.
const Row* find_row(std::string_view operation);

}  // namespace tenon::uff
