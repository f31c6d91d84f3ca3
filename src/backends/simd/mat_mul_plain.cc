// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers matrix products of two tensors that come at run time: panels of the right side are packed
// into the workspace as they are needed.
#include "backends/simd/node_candidate.h"
#include "backends/simd/run/mat_mul.h"

namespace tenon::simd::mat_mul_plain {

namespace {

bool has_bias(const kernel::NodeInfo& node) {
  return node.inputs.size() > kBias && node.inputs[kBias].present;
}

/// How the node's bias can be added; None also when it cannot.
Bias bias_of(const kernel::NodeInfo& node) {
  if (!has_bias(node)) return Bias::None;
  const kernel::PortInfo& bias = node.inputs[kBias];
  const expr::Shape& out = node.outputs[0].shape;
  if (bias.shape == out) return Bias::Residual;
  const bool one = bias.max.volume() == 1;
  const bool row = !bias.shape.empty() && !out.empty() && bias.shape.back() == out.back() &&
                   bias.max.volume() == bias.max.back();
  return one || row ? Bias::Columns : Bias::None;
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    const Dims& a = node_.inputs[kA].opt;
    const int64_t depth =
        std::get<ops::MatMul>(*node_.op).transpose_a && a.rank() > 1 ? a[a.rank() - 2] : a.back();
    return threads_for(node_.outputs[0].opt.volume() * depth);
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    params.put(bias_of(node_));
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  if (has_bias(node) && bias_of(node) == Bias::None) {
    return "its bias is neither a row nor of the output's shape";
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::mat_mul_plain
