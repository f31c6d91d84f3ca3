// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers max and average pooling of images of small integers, channels last.
#include "backends/simd/loops/average.h"
#include "backends/simd/node_candidate.h"

namespace tenon::simd::pooling_small {

namespace {

using kernel::Layout;

/// Both kinds as one; grids do not matter to the greatest.
ops::QuantPooling op_of(const kernel::NodeInfo& node) {
  if (const auto* average = std::get_if<ops::QuantPooling>(node.op)) return *average;
  ops::QuantPooling op;
  op.pooling = std::get<ops::Pooling>(*node.op);
  op.to = node.inputs[0].dtype;
  return op;
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(Layout::hwc(), Layout::hwc())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * op_of(node_).pooling.kernel.volume() / 4);
  }

 protected:
  [[nodiscard]] ops::Op packed_op() const override { return op_of(node_); }
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    params.put(node_.inputs[0].dtype);
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const ops::Pooling op = op_of(node).pooling;
  const bool real = std::holds_alternative<ops::Pooling>(*node.op);
  if (real && op.kind != ops::PoolingKind::Max) return "it is no maximum";
  if (op.kernel.rank() != 2) return "it is not of images";
  if (!real && op.kernel.volume() >= kAverageTaps) return "sums of so large a window overflow";
  const DType type = node.inputs[0].dtype;
  if (type == DType::I8 || type == DType::U8) return {};
  return fmt::format("its input is {}, and only i8 and u8 are served here", tenon::to_string(type));
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::pooling_small
