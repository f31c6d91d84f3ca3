// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the candidates of both operators share.
#pragma once

#include <functional>
#include <memory>

#include "backends/dnnl/list.h"
#include "backends/dnnl/weighted.h"

namespace tenon::dnnl {

/// Makes the problem of an operator for a tactic.
using MakeProblem = std::unique_ptr<Problem> (*)(const ops::Op& op, const Dims& weights, bool bias,
                                                 bool residual, int32_t tactic);

/// A candidate whose record is: bias and residual present, extents of the weights, ops::pack(op),
/// and the packed weights and bias, and the scales of quantised weights.
class WeightedCandidate : public kernel::Candidate {
 public:
  WeightedCandidate(const Row& row, const kernel::NodeInfo& node, const device::Target& target,
                    MakeProblem make)
      : row_(row), node_(node), target_(target), make_(make) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"dnnl", row_.name, row_.version}; }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::Pure | kernel::Flag::Allocates;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override;
  [[nodiscard]] std::vector<int> absorbed_inputs() const override;
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override;
  std::vector<int32_t> tactics() override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;

 protected:
  /// Pairs of input and output layouts worth offering.
  [[nodiscard]] virtual std::vector<std::pair<kernel::Layout, kernel::Layout>> layouts() const = 0;
  /// Tactics that may exist, whatever oneDNN says of them here.
  [[nodiscard]] virtual std::vector<int32_t> possible_tactics() const { return {0}; }

  [[nodiscard]] bool has_input(size_t i) const {
    return i < node_.inputs.size() && node_.inputs[i].present;
  }
  [[nodiscard]] kernel::TensorDesc greatest(const kernel::PortInfo& port,
                                            const kernel::Layout& layout) const {
    return {port.dtype, layout, port.max, 0};
  }
  [[nodiscard]] std::unique_ptr<const Problem> problem(int32_t tactic) const;
  /// True if oneDNN has a primitive; asked once for each, as the answer takes long.
  bool offers(const kernel::Layout& input, const kernel::Layout& output, int32_t tactic);

  const Row& row_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  MakeProblem make_;
  kernel::Configuration configuration_;

 private:
  struct Offer {
    kernel::Layout input, output;
    int32_t tactic;
    bool there;
  };
  std::vector<Offer> offers_;
};

/// What an operator's records have in common.
struct RecordFrame {
  MakeProblem make;
  Result<ops::Op> (*unpack)(std::span<const std::byte> bytes);
  int weights_rank;
  /// Of a quantised operator, what its output is; null for those on f32.
  DType (*gives)(const ops::Op& op) = nullptr;
};
/// Reads the frame of a record and loads it. The input lies as `source` says, output and residual
/// as `target` says.
Result<std::unique_ptr<kernel::Loaded>> load_record(const kernel::RecordView& record,
                                                    const RecordFrame& frame,
                                                    const kernel::Layout& source,
                                                    const kernel::Layout& target,
                                                    Diagnostics& diag);

/// Shared refusals: types, constant weights, activation, residual's shape.
std::string refuse_common(const kernel::NodeInfo& node, const ops::Activation& activation);
/// The same for operators on integers.
std::string refuse_quantised(const kernel::NodeInfo& node, const ops::Activation& activation);

}  // namespace tenon::dnnl
