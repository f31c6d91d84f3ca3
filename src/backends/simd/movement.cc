// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers Transpose, Slice, Expand, Concat and Pad of row-major tensors of any type.
#include <algorithm>

#include "backends/simd/node_candidate.h"

namespace tenon::simd {

namespace {

std::string refuse_op(const ops::Transpose&, const kernel::NodeInfo&) { return {}; }

std::string refuse_op(const ops::Slice& op, const kernel::NodeInfo&) {
  return expr::to_dims(op.starts) ? "" : "where it starts is known only at run time";
}

std::string refuse_op(const ops::Expand&, const kernel::NodeInfo&) { return {}; }

std::string refuse_op(const ops::Concat&, const kernel::NodeInfo& node) {
  const auto absent = [](const kernel::PortInfo& port) { return !port.present; };
  return std::ranges::any_of(node.inputs, absent) ? "an input is absent" : "";
}

std::string refuse_op(const ops::Pad& op, const kernel::NodeInfo& node) {
  if (op.mode != ops::PadMode::Constant) {
    return fmt::format("its mode is {}, and only constant is served here", to_string(op.mode));
  }
  if (op.value != 0 && node.inputs[0].dtype != DType::F32) return "its value is not 0";
  return {};
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume());
  }
};

template <class OpStruct>
std::string refuse_move(const kernel::NodeInfo& node) {
  if (bit_width(node.outputs[0].dtype) < 8) return "elements of i4 have no addresses of their own";
  return refuse_op(std::get<OpStruct>(*node.op), node);
}

}  // namespace

#define TENON_MOVE(name, OpStruct)                                                        \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target&) {               \
    return refuse_move<OpStruct>(node);                                                   \
  }                                                                                       \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target) {               \
    return std::make_unique<Candidate>(row, node, target);                                \
  }                                                                                       \
  }
TENON_MOVE(transpose, ops::Transpose)
TENON_MOVE(slice, ops::Slice)
TENON_MOVE(expand, ops::Expand)
TENON_MOVE(concat, ops::Concat)
TENON_MOVE(pad, ops::Pad)
#undef TENON_MOVE

}  // namespace tenon::simd
