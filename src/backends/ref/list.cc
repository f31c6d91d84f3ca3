// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list, in the order of ops.def. Foreign is missing: a plugin brings its own kernels.
#include "backends/ref/list.h"

#include "backends/ref/constant_kernel.h"
#include "backends/ref/op_kernel.h"
#include "backends/ref/slice_kernel.h"

namespace tenon::ref {

std::span<const Row> kernels() {
  static const Row kRows[] = {
      row<ops::Activation>("activation", kNumbers),
      row<ops::BatchNorm>("batch_norm", kFloats),
      row<ops::Cast>("cast", kAll),
      row<ops::Concat>("concat", kAll),
      constant_row(),
      row<ops::Convolution>("convolution", kFloats),
      row<ops::ElementWise>("element_wise", kAll),
      row<ops::Expand>("expand", kAll),
      row<ops::Gather>("gather", kAll),
      row<ops::Identity>("identity", kAll),
      row<ops::MatMul>("mat_mul", kNumbers),
      row<ops::Pad>("pad", kAll),
      row<ops::Pointwise>("pointwise", types(DType::F32)),
      row<ops::Pooling>("pooling", kNumbers),
      row<ops::Reduce>("reduce", kNumbers),
      row<ops::Reshape>("reshape", kAll),
      row<ops::Resize>("resize", kAll),
      row<ops::Select>("select", kAll),
      row<ops::Shape>("shape", kAll),
      slice_row(),
      row<ops::Softmax>("softmax", kFloats),
      row<ops::Transpose>("transpose", kAll),
      row<ops::Unary>("unary", kAll),
  };
  return kRows;
}

const Row* find_kernel(std::string_view name) noexcept {
  for (const Row& row : kernels()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Status supports(const Row& row, const kernel::NodeInfo& node, Diagnostics& diag) {
  const auto knows = [&](const kernel::PortInfo& port) {
    return !port.present || (row.types >> static_cast<unsigned>(port.dtype) & 1U) != 0;
  };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (knows(node.inputs[i])) continue;
    return decline(diag, "{} of {} (input {}) is not there: cast it", row.name,
                   to_string(node.inputs[i].dtype), i);
  }
  for (const kernel::PortInfo& output : node.outputs) {
    if (knows(output)) continue;
    return decline(diag, "{} to {} is not there: cast it", row.name, to_string(output.dtype));
  }
  return row.supports(node, diag);
}

}  // namespace tenon::ref
