// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one kernel of a loop or conditional: engines of its regions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/foreign_op.h"

namespace tenon::control {

inline constexpr uint32_t kVersion = 1;

/// Builds the regions when it is asked for its record, once.
class ControlCandidate final : public kernel::Candidate {
 public:
  /// All outlive the candidate.
  ControlCandidate(const ControlOp& op, const kernel::NodeInfo& node, const device::Target& target)
      : op_(op), node_(node), target_(target) {}

  [[nodiscard]] kernel::KernelId id() const override;
  [[nodiscard]] uint32_t flags() const override;
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override;

 private:
  Status build(Diagnostics& diag);
  Status build_region(size_t region, Diagnostics& diag);

  const ControlOp& op_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  std::optional<kernel::Record> record_;
  uint32_t flags_ = 0;  ///< of the regions' steps
};

}  // namespace tenon::control
