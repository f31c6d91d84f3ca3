// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of built-in operators: one row an operator and range of opsets.
#pragma once

#include <limits>
#include <span>
#include <string_view>

#include "importers/onnx/context.h"

namespace tenon::onnx {

inline constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();

/// `import` reads the operator as opsets `since` to `until`, both included, define it.
struct Row {
  std::string_view op_type;
  int64_t since, until;
  Status (*import)(Context& node);
};

// The rows of each family, in operators/ in the file of that name.
std::span<const Row> activation_rows();
std::span<const Row> attention_rows();
std::span<const Row> bitwise_rows();
std::span<const Row> conditional_rows();
std::span<const Row> constant_rows();
std::span<const Row> conv_transpose_rows();
std::span<const Row> convolution_rows();
std::span<const Row> einsum_rows();
std::span<const Row> index_rows();
std::span<const Row> layout_rows();
std::span<const Row> logic_rows();
std::span<const Row> loop_rows();
std::span<const Row> loss_rows();
std::span<const Row> math_rows();
std::span<const Row> matrix_rows();
std::span<const Row> normalization_rows();
std::span<const Row> pooling_rows();
std::span<const Row> quantization_rows();
std::span<const Row> quantized_convolution_rows();
std::span<const Row> random_rows();
std::span<const Row> recurrent_rows();
std::span<const Row> reduction_rows();
std::span<const Row> resize_rows();
std::span<const Row> scatter_rows();
std::span<const Row> search_rows();
std::span<const Row> shape_rows();
std::span<const Row> signal_rows();
std::span<const Row> slice_rows();
std::span<const Row> softmax_rows();
std::span<const Row> type_rows();
std::span<const Row> unfold_rows();
std::span<const Row> vision_rows();

/// All rows of one operator; empty when it is not built in.
std::vector<const Row*> rows_of(std::string_view op_type);
/// The row for a model of that opset, or null.
const Row* find_row(std::string_view op_type, int64_t opset);

}  // namespace tenon::onnx
