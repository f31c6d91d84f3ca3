// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Paddings that keep extents.
#include "api/infer/network/layers_window.h"

#include <algorithm>

namespace tenon::api {

std::optional<SamePads> same_pads(const expr::Shape& x, const Dims& kernel, const Dims& strides,
                                  const Dims& dilations, bool upper, bool transposed) {
  SamePads pads;
  for (int i = 0; i < kernel.rank(); ++i) {
    const int64_t span = (kernel[i] - 1) * dilations[i] + 1;
    int64_t total = span - strides[i];
    const auto axis = static_cast<size_t>(i) + 2;
    if (!transposed && strides[i] > 1) {
      if (axis >= x.size() || !x[axis].is_constant()) return std::nullopt;
      const int64_t left_over = x[axis].constant() % strides[i];
      if (left_over != 0) total = span - left_over;
    }
    total = std::max<int64_t>(total, 0);
    pads.begin.push_back(upper ? total / 2 : total - total / 2);
    pads.end.push_back(total - pads.begin[i]);
  }
  return pads;
}

bool put_kernel(Network& network, ir::Node& node, const Dims& kernel, const KernelNumbers& weights,
                const KernelNumbers& bias) noexcept {
  ir::Graph& graph = network.graph();
  const auto value_for = [&](const KernelNumbers& numbers, size_t index) -> ir::Value* {
    if (numbers.weights.count == 0) return nullptr;
    if (numbers.given) return network.add_weights(numbers.weights, numbers.dims);
    ir::Value* now = node.input(index);
    if (now->constant()->dims() == numbers.dims) return now;
    const ops::ConstantRef data = now->producer()->as<ops::Constant>()->data;
    return graph.add_constant(
        std::make_shared<const ops::ConstantData>(data->dtype(), numbers.dims, data->bytes(), data),
        "");
  };
  return guarded(network.voice(), false, [&] {
    ir::Value* const kernel_value = value_for(weights, ops::kConvWeight);
    ir::Value* const bias_value = value_for(bias, ops::kConvBias);
    if (kernel_value == nullptr || (bias_value == nullptr && bias.weights.count > 0)) return false;
    const std::vector<ir::Value*> before = node.inputs();
    const ops::Op op = node.op;
    graph.set_input(&node, ops::kConvWeight, kernel_value);
    if (bias_value != nullptr || node.input(ops::kConvBias) != nullptr) {
      graph.set_input(&node, ops::kConvBias, bias_value);
    }
    if (auto* forward = node.as<ops::Convolution>()) forward->kernel = kernel;
    if (auto* back = node.as<ops::Deconvolution>()) back->kernel = kernel;
    if (network.refresh()) return true;
    node.op = op;
    for (size_t i = 0; i < before.size(); ++i) graph.set_input(&node, i, before[i]);
    graph.truncate_inputs(&node, before.size());
    Diagnostics diag = network.voice().diagnostics();
    (void)graph.refresh(diag);
    return false;
  });
}

}  // namespace tenon::api
