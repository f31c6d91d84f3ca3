// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A quick plugin as a candidate of the tuner: called while running, or compiled into the engine.
#pragma once

#include <memory>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/quick/capabilities.h"
#include "plugin/adapt/quick/kernel_record.h"

namespace tenon::plugin {

class QuickOp;

/// Owns the builder's clone. Calls the plugin in the order that the interface promises.
class QuickCandidate final : public kernel::Candidate {
 public:
  /// `op`, `node` and `target` outlive the candidate.
  QuickCandidate(QuickObject object, const QuickOp& op, const kernel::NodeInfo& node,
                 const device::Target& target)
      : object_(std::move(object)), op_(op), node_(node), target_(target) {}

  [[nodiscard]] kernel::KernelId id() const override;
  [[nodiscard]] uint32_t flags() const override;
  /// A kernel is; a plugin that is called while running is called for the first time by a user.
  [[nodiscard]] bool tried_alone() const override { return object_.aot != nullptr; }
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override;
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override;
  std::vector<int32_t> tactics() override;
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override;

 private:
  using Descs = std::vector<nvinfer1::DynamicPluginTensorDesc>;
  /// A kernel as the plugin made it for one configuration and tactic.
  struct Made {
    kernel::Configuration configuration;
    int32_t tactic;
    QuickKernel kernel;
  };

  [[nodiscard]] const kernel::PortInfo& port(size_t position) const;
  [[nodiscard]] Descs describe_all(const kernel::Configuration& configuration) const;
  /// The combination as the plugin offers it, or nullopt where this network cannot use it.
  [[nodiscard]] std::optional<kernel::Configuration> usable(
      const nvinfer1::PluginTensorDesc* offered) const;
  /// Asks the plugin for the kernel once.
  Result<const QuickKernel*> kernel_for(const kernel::Configuration& configuration, int32_t tactic,
                                        Diagnostics& diag);
  Result<LaunchProgram> ask_launch(const Descs& descs, Diagnostics& diag);
  Status ask_code(const Descs& descs, QuickKernel& kernel, Diagnostics& diag);

  QuickObject object_;
  const QuickOp& op_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  std::vector<std::unique_ptr<const Made>> made_;
  int32_t tactics_code_ = 0;  ///< what getValidTactics returned last
};

}  // namespace tenon::plugin
