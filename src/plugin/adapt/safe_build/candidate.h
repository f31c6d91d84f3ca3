// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A safe plugin as a candidate of the tuner.
#pragma once

#include <memory>
#include <vector>

#include "NvInferSafeRuntime.h"
#include "kernel/candidate.h"
#include "plugin/adapt/safe_build/capabilities.h"

namespace tenon::plugin {

class SafeOp;

/// Owns the builder's clone. Calls the plugin in the order that the interface promises. Its records
/// are those of V3 plugins (V3Params), with the fields of the safe runtime half.
class SafeCandidate final : public kernel::Candidate {
 public:
  /// `op` and `node` outlive the candidate.
  SafeCandidate(SafeObject object, const SafeOp& op, const kernel::NodeInfo& node);

  [[nodiscard]] kernel::KernelId id() const override;
  [[nodiscard]] uint32_t flags() const override;
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override;
  std::vector<int32_t> tactics() override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override;

 private:
  using Descs = std::vector<nvinfer2::safe::TensorDescriptor>;

  [[nodiscard]] const kernel::PortInfo& port(size_t position) const;
  /// One tensor in IO profile `profile`.
  [[nodiscard]] nvinfer2::safe::TensorDescriptor describe(size_t position, const kernel::Port& port,
                                                          size_t profile) const;
  [[nodiscard]] Descs describe_all(const kernel::Configuration& configuration,
                                   size_t profile) const;
  [[nodiscard]] size_t profile_count() const;
  /// Scratch bytes of a configuration: the most that any IO profile takes.
  [[nodiscard]] size_t workspace(const kernel::Configuration& configuration) const;

  SafeObject object_;
  const SafeOp& op_;
  const kernel::NodeInfo& node_;
  size_t inputs_, outputs_;
  int32_t tactics_code_ = 0;  ///< what getValidTactics returned last
};

}  // namespace tenon::plugin
