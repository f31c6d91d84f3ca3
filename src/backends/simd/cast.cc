// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions between the types that C++ knows.
#include "backends/simd/run/cast.h"

#include "backends/simd/node_candidate.h"

namespace tenon::simd::cast {

namespace {

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume());
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    params.put(node_.inputs[0].dtype);
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const DType from = node.inputs[0].dtype, to = node.outputs[0].dtype;
  if (find_conversion(from, to) != nullptr) return {};
  return fmt::format("it converts {} to {}, and only types of C++ are served here",
                     tenon::to_string(from), tenon::to_string(to));
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::cast
