// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers max and average pooling of images, row-major, channels-last, and in vectors of channels.
#include "backends/simd/node_candidate.h"
#include "backends/simd/run/window.h"

namespace tenon::simd::pooling {

namespace {

using kernel::Layout;
const ops::Pooling& op_of(const kernel::NodeInfo& node) { return std::get<ops::Pooling>(*node.op); }

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    if (op_of(node_).kernel.rank() != 2) return all;
    for (const Layout& layout : {Layout::hwc(), Layout::chw(16), Layout::chw(8)}) {
      all.push_back(uniform(layout, layout));
    }
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * op_of(node_).kernel.volume());
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    const Layout& layout = configuration.inputs[0].layout;
    params.put(layout.order);
    params.put(layout.vector);
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  const ops::Pooling& op = op_of(node);
  if (op.kind == ops::PoolingKind::Blend) return "it blends maximum and average";
  if (op.kernel.rank() < 1 || op.kernel.rank() > 2) {
    return fmt::format("it has {} spatial axes, and only one or two are served here",
                       op.kernel.rank());
  }
  if (op.kernel.rank() == 2 && op.kernel[0] > kMostPoolRows) {
    return fmt::format("its window has {} rows, and at most {} are served here", op.kernel[0],
                       kMostPoolRows);
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::pooling
