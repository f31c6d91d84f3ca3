// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers nearest and linear resizing of f32 images along their last two axes, row-major or
// channels-last.
#include "backends/simd/node_candidate.h"

namespace tenon::simd::resize {

namespace {

using kernel::Layout;
using ops::ResizeMode;

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    if (node_.outputs[0].opt.rank() == 4) all.push_back(uniform(Layout::hwc(), Layout::hwc()));
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume());
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    params.put(static_cast<uint8_t>(!configuration.outputs[0].layout.is_linear()));
  }
};

/// Why the operator's own parameters are not served, for an input of so many axes.
std::string refuse_parameters(const ops::Resize& op, size_t rank) {
  if (op.mode == ResizeMode::Cubic) return "its mode is cubic, and nearest and linear are served";
  if (op.mode == ResizeMode::Linear && op.exclude_outside) return "it excludes what is outside";
  if (rank < 2) return "it has less than two axes";
  for (size_t axis = 0; !op.scales.empty() && axis + 2 < rank; ++axis) {
    if (axis >= op.scales.size() || op.scales[axis].value != 1) {
      return fmt::format("axis {} is resized, and only the last two are here", axis);
    }
  }
  return {};
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  const auto &in = node.inputs[0].shape, &out = node.outputs[0].shape;
  std::string reason = refuse_parameters(std::get<ops::Resize>(*node.op), out.size());
  for (size_t axis = 0; reason.empty() && axis + 2 < out.size(); ++axis) {
    if (in[axis] != out[axis]) {
      reason = fmt::format("axis {} is resized, and only the last two are here", axis);
    }
  }
  return reason;
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::resize
