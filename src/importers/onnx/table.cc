// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The families' rows put together.
#include "importers/onnx/table.h"

#include <map>

namespace tenon::onnx {

namespace {

using Table = std::map<std::string_view, std::vector<const Row*>>;

const Table& table() {
  static const Table kTable = [] {
    Table made;
    for (const std::span<const Row> family : {activation_rows(),
                                              attention_rows(),
                                              bitwise_rows(),
                                              conditional_rows(),
                                              constant_rows(),
                                              conv_transpose_rows(),
                                              convolution_rows(),
                                              einsum_rows(),
                                              index_rows(),
                                              layout_rows(),
                                              logic_rows(),
                                              loop_rows(),
                                              loss_rows(),
                                              math_rows(),
                                              matrix_rows(),
                                              normalization_rows(),
                                              pooling_rows(),
                                              quantization_rows(),
                                              quantized_convolution_rows(),
                                              random_rows(),
                                              recurrent_rows(),
                                              reduction_rows(),
                                              resize_rows(),
                                              scatter_rows(),
                                              search_rows(),
                                              shape_rows(),
                                              signal_rows(),
                                              slice_rows(),
                                              softmax_rows(),
                                              type_rows(),
                                              unfold_rows(),
                                              vision_rows()}) {
      for (const Row& row : family) made[row.op_type].push_back(&row);
    }
    return made;
  }();
  return kTable;
}

}  // namespace

std::vector<const Row*> rows_of(std::string_view op_type) {
  const auto found = table().find(op_type);
  return found == table().end() ? std::vector<const Row*>{} : found->second;
}

const Row* find_row(std::string_view op_type, int64_t opset) {
  const auto found = table().find(op_type);
  if (found == table().end()) return nullptr;
  for (const Row* row : found->second) {
    if (opset >= row->since && opset <= row->until) return row;
  }
  return nullptr;
}

bool supports_operator(std::string_view op_type) { return table().contains(op_type); }

std::vector<std::string_view> operator_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, rows] : table()) names.push_back(name);
  return names;
}

}  // namespace tenon::onnx
