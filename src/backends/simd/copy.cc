// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reshape and Identity: the same bytes, moved only when the planner could not share them.
#include "backends/simd/node_candidate.h"

namespace tenon::simd::copy {

namespace {

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() / 4);
  }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return {{0, 0, false}}; }

 protected:
  // Both operators come down to bytes; what the shape was made of does not matter here.
  [[nodiscard]] ops::Op packed_op() const override { return ops::Identity{}; }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (node.inputs[0].dtype == node.outputs[0].dtype) return {};
  return "its input and output differ in type";
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::copy
