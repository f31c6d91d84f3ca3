// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers reductions of f32 tensors over any axes; means over an image also channels-last.
#include "backends/simd/node_candidate.h"

namespace tenon::simd::reduce {

namespace {

using kernel::Layout;
const ops::Reduce& op_of(const kernel::NodeInfo& node) { return std::get<ops::Reduce>(*node.op); }

/// Over both axes of an image that stay as axes of one pixel, which lies alike in either layout.
bool over_image(const kernel::NodeInfo& node) {
  const ops::Reduce& op = op_of(node);
  return node.inputs[0].opt.rank() == 4 && op.keep_dims && op.axes == Dims{2, 3};
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    if (!over_image(node_)) return all;
    all.push_back(uniform(Layout::hwc(), Layout::hwc()));
    all.push_back(uniform(Layout::hwc(), Layout::linear()));
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.inputs[0].opt.volume());
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    params.put(static_cast<uint8_t>(!configuration.inputs[0].layout.is_linear()));
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_unless_f32(node);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::reduce
