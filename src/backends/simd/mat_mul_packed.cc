// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the matrix product with a constant right side, packed in panels. Tactic 0 keeps a panel
// and walks the rows, tactic 1 keeps some rows and walks the panels.
#include <algorithm>

#include "backends/simd/node_candidate.h"
#include "backends/simd/run/mat_mul.h"
#include "backends/simd/run/panels.h"

namespace tenon::simd::mat_mul_packed {

namespace {

const ops::MatMul& op_of(const kernel::NodeInfo& node) { return std::get<ops::MatMul>(*node.op); }

/// K and N of the constant.
std::pair<int64_t, int64_t> extents_of(const kernel::NodeInfo& node) {
  const Dims& b = node.inputs[kB].opt;
  const int64_t last = b[b.rank() - 1], before = b[b.rank() - 2];
  return op_of(node).transpose_b ? std::pair{last, before} : std::pair{before, last};
}

bool has_bias(const kernel::NodeInfo& node) {
  return node.inputs.size() > kBias && node.inputs[kBias].present;
}

/// How the node's bias can be added; None also when it cannot.
Bias bias_of(const kernel::NodeInfo& node) {
  if (!has_bias(node)) return Bias::None;
  const kernel::PortInfo& bias = node.inputs[kBias];
  const int64_t columns = extents_of(node).second;
  const int64_t volume = bias.opt.volume();
  const bool row = volume == 1 || (volume == columns && bias.opt.back() == columns);
  if (bias.constant != nullptr && row) return Bias::Columns;
  return bias.constant == nullptr && bias.shape == node.outputs[0].shape ? Bias::Residual
                                                                         : Bias::None;
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  std::vector<int32_t> tactics() override {
    const auto [depth, columns] = extents_of(node_);
    const int64_t rows = node_.outputs[0].opt.volume() / columns;
    const bool one_way =
        rows <= panel_loops(level_).max_rows || Panels(columns, level_).count() == 1;
    return one_way ? std::vector<int32_t>{0} : std::vector<int32_t>{0, 1};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * extents_of(node_).first);
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    return bias_of(node_) == Bias::Columns ? std::vector<int>{kB, kBias} : std::vector<int>{kB};
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    const auto [depth, columns] = extents_of(node_);
    params.put(depth);
    params.put(columns);
    params.put(bias_of(node_));
  }
  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const auto [depth, columns] = extents_of(node_);
    const Panels panels(columns, level_);
    const std::vector<float> b = floats_of(*node_.inputs[kB].constant);
    const int64_t k_step = op_of(node_).transpose_b ? 1 : columns;
    const int64_t n_step = op_of(node_).transpose_b ? depth : 1;
    std::vector<float> data(static_cast<size_t>(panels.padded() * depth));
    panels.pack(
        depth,
        [&](int64_t k, int64_t n) { return b[static_cast<size_t>(k * k_step + n * n_step)]; },
        data.data());
    packed.push_back({bytes_of(layout_of(level_, depth, columns)), bytes_of(data)});
    if (bias_of(node_) != Bias::Columns) return {};
    std::vector<float> bias = floats_of(*node_.inputs[kBias].constant);
    if (bias.size() == 1) bias.assign(static_cast<size_t>(columns), bias[0]);
    bias.resize(static_cast<size_t>(panels.padded()));
    packed.push_back({{}, bytes_of(bias)});
    return {};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  const kernel::PortInfo& b = node.inputs[kB];
  if (b.constant == nullptr) return "its right side is no constant";
  if (b.opt.rank() < 2 || b.opt.volume() != b.opt[b.opt.rank() - 1] * b.opt[b.opt.rank() - 2]) {
    return "its right side is not one matrix";
  }
  if (b.opt.volume() == 0) return "its right side is empty";
  if (op_of(node).transpose_a && node.inputs[kA].opt.rank() != 2) {
    return "its left side is a transposed stack of matrices";
  }
  if (b.opt.rank() > std::max(node.inputs[kA].opt.rank(), 2)) {
    return "its right side has more axes than its left side";
  }
  if (has_bias(node) && bias_of(node) == Bias::None) {
    return "its bias is neither a constant row nor of the output's shape";
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::mat_mul_packed
