// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers conversions on one constant grid, and sums of small integers.
#include <algorithm>

#include "backends/simd/node_candidate.h"

namespace tenon::simd::requantize {

namespace {

using kernel::Layout;

/// The grid behind a conversion: scale and zero point are inputs 1 and 2.
ops::Grid grid_of(const kernel::NodeInfo& node) {
  const bool shifted = node.inputs.size() > 2 && node.inputs[2].present;
  return {static_cast<float>(node.inputs[1].constant->real(0)),
          shifted ? static_cast<int64_t>(node.inputs[2].constant->real(0)) : 0};
}

/// Any of the three as a sum.
ops::QuantSum as_sum(const kernel::NodeInfo& node) {
  if (const auto* sum = std::get_if<ops::QuantSum>(node.op)) return *sum;
  ops::QuantSum sum;
  sum.to = node.outputs[0].dtype;
  (std::holds_alternative<ops::Quantize>(*node.op) ? sum.y : sum.a) = grid_of(node);
  return sum;
}

bool adds(const kernel::NodeInfo& node) {
  return std::holds_alternative<ops::QuantSum>(*node.op) && node.inputs.size() > 1 &&
         node.inputs[1].present;
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all;
    for (const Layout& layout : {Layout::linear(), Layout::hwc()}) {
      if (!layout.is_linear() && node_.outputs[0].opt.rank() != 4) continue;
      kernel::Configuration& one = all.emplace_back(uniform(Layout::linear(), layout));
      one.inputs[0].layout = layout;
      if (adds(node_)) one.inputs[1].layout = layout;
    }
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume());
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    std::vector<int> absorbed;
    for (size_t i = adds(node_) ? 2 : 1; i < node_.inputs.size(); ++i) {
      if (node_.inputs[i].present) absorbed.push_back(static_cast<int>(i));
    }
    return absorbed;
  }
  /// Integers are read where they are overwritten.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    std::vector<kernel::Alias> all;
    for (int i = 0; i < (adds(node_) ? 2 : 1); ++i) {
      const auto at = static_cast<size_t>(i);
      if (bit_width(node_.inputs[at].dtype) == bit_width(node_.outputs[0].dtype)) {
        all.push_back({0, i, false});
      }
    }
    return all;
  }
  /// Numbers on a grid take no time of their own.
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    return fmt::format("requantize:{}:{}:{}", tenon::to_string(node_.inputs[0].dtype),
                       adds(node_) ? tenon::to_string(node_.inputs[1].dtype) : "none",
                       tenon::to_string(node_.outputs[0].dtype));
  }

 protected:
  [[nodiscard]] ops::Op packed_op() const override { return as_sum(node_); }
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    const Layout& layout = configuration.outputs[0].layout;
    params.put(node_.inputs[0].dtype);
    params.put(adds(node_) ? node_.inputs[1].dtype : DType::F32);
    params.put(layout.order);
  }
};

bool is_served(DType type) { return type == DType::F32 || type == DType::I8 || type == DType::U8; }

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (!is_served(node.inputs[0].dtype) || !is_served(node.outputs[0].dtype)) {
    return fmt::format("it converts {} to {}, and only f32, i8 and u8 are served here",
                       tenon::to_string(node.inputs[0].dtype),
                       tenon::to_string(node.outputs[0].dtype));
  }
  if (const auto* sum = std::get_if<ops::QuantSum>(node.op)) {
    const auto kind = sum->activation.kind;
    if (kind != ops::ActivationKind::None && kind != ops::ActivationKind::Relu &&
        kind != ops::ActivationKind::Clip) {
      return "it has an activation other than relu and clip";
    }
    if (adds(node) && node.inputs[1].shape != node.inputs[0].shape) return "it broadcasts";
    return {};
  }
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].present) continue;
    const ops::ConstantData* constant = node.inputs[i].constant;
    if (constant == nullptr || constant->count() != 1) return "its grid is not one constant";
    if (i == 1 && (constant->dtype() != DType::F32 || !(constant->real(0) > 0))) {
      return "its scale is no positive f32";
    }
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::requantize
