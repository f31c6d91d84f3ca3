// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Gather along one axis: rows of bytes, picked by number.
#include "backends/simd/node_candidate.h"

namespace tenon::simd::gather {

namespace {

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (bit_width(node.outputs[0].dtype) < 8) return "elements of i4 have no addresses of their own";
  const auto& op = std::get<ops::Gather>(*node.op);
  if (op.batch_dims != 0) return "each entry of its batch has indices of its own";
  const DType index = node.inputs[1].dtype;
  if (index != DType::I32 && index != DType::I64) return "its indices are neither i32 nor i64";
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::gather
