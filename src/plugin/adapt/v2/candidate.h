// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A version 2 plugin as a candidate of the tuner.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/v2/batch.h"
#include "plugin/adapt/v2/object.h"

namespace tenon::plugin {

class V2Op;

/// What a plugin's record keeps besides the names: written by V2Candidate, read by v2_loader.
struct V2Params {
  V2Family family = V2Family::Plain;
  uint64_t workspace = 0;  ///< bytes, for the greatest shapes
  Bytes state;             ///< what the plugin serialized
};
Bytes pack(const V2Params& params);
Result<V2Params> unpack_v2(std::span<const std::byte> bytes);

/// Owns the builder's clone. Calls the plugin in the order that the interface promises.
class V2Candidate final : public kernel::Candidate {
 public:
  /// `op` and `node` outlive the candidate.
  V2Candidate(V2Object object, const V2Op& op, const kernel::NodeInfo& node);

  [[nodiscard]] kernel::KernelId id() const override;
  [[nodiscard]] uint32_t flags() const override;
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override;

 private:
  using Descs = std::vector<nvinfer1::PluginTensorDesc>;

  [[nodiscard]] const kernel::PortInfo& port(size_t position) const;
  /// `chosen` with what a step of its tensor is.
  [[nodiscard]] kernel::Port scaled(size_t position, kernel::Port chosen) const;
  /// What a predicate is shown: extents as configurePlugin gets them.
  [[nodiscard]] nvinfer1::PluginTensorDesc describe(size_t position,
                                                    const kernel::Port& chosen) const;
  std::vector<kernel::Configuration> one_format(Diagnostics& diag) const;
  [[nodiscard]] bool supports_everywhere(nvinfer1::TensorFormat format) const;
  [[nodiscard]] kernel::Configuration in_format(nvinfer1::TensorFormat format) const;
  std::vector<kernel::Configuration> combinations(Diagnostics& diag) const;

  void configure_static(const kernel::Configuration& configuration);
  void configure_io(const kernel::Configuration& configuration);
  void configure_dynamic(const kernel::Configuration& configuration);
  [[nodiscard]] size_t workspace(const kernel::Configuration& configuration) const;
  /// What the plugin, configured, writes for the engine; the same until it is configured anew.
  Result<Bytes> serialized(Diagnostics& diag) const;

  V2Object object_;
  const V2Op& op_;
  const kernel::NodeInfo& node_;
  size_t inputs_, outputs_;
  Batch batch_;
  mutable std::optional<Bytes> state_;
};

}  // namespace tenon::plugin
