// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers softmax and LogSoftmax of row-major f32 tensors along any axis.
#include "backends/simd/node_candidate.h"

namespace tenon::simd::softmax {

namespace {

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * 8);
  }
  /// Every line is read before it is overwritten.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return {{0, 0, false}}; }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_unless_f32(node);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::softmax
