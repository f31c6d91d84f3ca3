// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A V3 plugin as a candidate of the tuner.
#pragma once

#include <memory>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/v3/capabilities.h"

namespace tenon::plugin {

class V3Op;

/// What a plugin's record keeps besides the names: written by V3Candidate, read by load_v3.
struct V3Params {
  uint64_t workspace = 0;      ///< bytes, for the greatest shapes
  uint32_t tensor_inputs = 0;  ///< inputs that enqueue sees
  Bytes fields;                ///< FieldStore::pack
};
Bytes pack(const V3Params& params);
Result<V3Params> unpack_v3(std::span<const std::byte> bytes);

/// Owns the builder's clone. Calls the plugin in the order that the interface promises.
class V3Candidate final : public kernel::Candidate {
 public:
  /// `op` and `node` outlive the candidate.
  V3Candidate(V3Object object, const V3Op& op, const kernel::NodeInfo& node);

  [[nodiscard]] kernel::KernelId id() const override;
  [[nodiscard]] uint32_t flags() const override;
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override;
  std::vector<int32_t> tactics() override;
  [[nodiscard]] std::vector<int> absorbed_inputs() const override;
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override;

 private:
  using Descs = std::vector<nvinfer1::DynamicPluginTensorDesc>;

  [[nodiscard]] const kernel::PortInfo& port(size_t position) const;
  /// `chosen` with what a step of its tensor is.
  [[nodiscard]] kernel::Port scaled(size_t position, kernel::Port chosen) const;
  [[nodiscard]] Descs describe_all(const kernel::Configuration& configuration) const;
  /// Scratch bytes of a configuration.
  [[nodiscard]] size_t workspace(const kernel::Configuration& configuration) const;

  V3Object object_;
  const V3Op& op_;
  const kernel::NodeInfo& node_;
  size_t inputs_;  ///< without shape inputs
  size_t outputs_;
  int32_t tactics_code_ = 0;  ///< what getValidTactics returned last
};

}  // namespace tenon::plugin
