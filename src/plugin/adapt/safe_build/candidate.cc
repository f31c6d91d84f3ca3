// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Formats, tactics and records, asked of a safe plugin.
#include "plugin/adapt/safe_build/candidate.h"

#include <fmt/core.h>

#include <algorithm>

#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/safe_build/loaded.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/descriptor.h"

namespace tenon::plugin {

namespace {

using kernel::Configuration;
using kernel::Port;

/// Plugins of this interface tell formats by vectorizedDim, and many by that alone: channels-last
/// without vectors would look linear to them.
bool can_be_told(const kernel::Layout& layout) { return layout.is_linear() || layout.vector > 1; }

}  // namespace

SafeCandidate::SafeCandidate(SafeObject object, const SafeOp& op, const kernel::NodeInfo& node)
    : object_(std::move(object)),
      op_(op),
      node_(node),
      inputs_(node.inputs.size()),
      outputs_(node.outputs.size()) {}

kernel::KernelId SafeCandidate::id() const { return {"plugin.safe", op_.id().name, 1}; }

uint32_t SafeCandidate::flags() const { return kernel::Flag::HostCode | kernel::Flag::Safe; }

const kernel::PortInfo& SafeCandidate::port(size_t position) const {
  return position < inputs_ ? node_.inputs[position] : node_.outputs[position - inputs_];
}

size_t SafeCandidate::profile_count() const { return std::max<size_t>(port(0).each.size(), 1); }

nvinfer2::safe::TensorDescriptor SafeCandidate::describe(size_t position, const Port& chosen,
                                                         size_t profile) const {
  const kernel::PortInfo& info = port(position);
  const Dims& dims = profile < info.each.size() ? info.each[profile] : info.opt;
  using nvinfer1::TensorIOMode;
  return to_descriptor("", {chosen.dtype, chosen.layout, dims, chosen.scale},
                       position < inputs_ ? TensorIOMode::kINPUT : TensorIOMode::kOUTPUT);
}

SafeCandidate::Descs SafeCandidate::describe_all(const Configuration& configuration,
                                                 size_t profile) const {
  Descs descs;
  for (size_t i = 0; i < inputs_; ++i) {
    descs.push_back(describe(i, configuration.inputs[i], profile));
  }
  for (size_t i = 0; i < outputs_; ++i) {
    descs.push_back(describe(inputs_ + i, configuration.outputs[i], profile));
  }
  return descs;
}

std::vector<Configuration> SafeCandidate::configurations(Diagnostics& diag) {
  const std::string& name = op_.id().name;
  if (!plugin_types_known(node_, inputs_, name, diag)) return {};
  // A limit of zero or less still takes the first combination, as programs in the field expect.
  const int32_t limit = std::max(1, object_.build->getFormatCombinationLimit());
  Descs descs(inputs_ + outputs_);
  const Call call(op_.id(), "supportsFormatCombination");
  const FormatQuestions questions{[&](size_t position, const Port& chosen) {
                                    if (!can_be_told(chosen.layout)) return false;
                                    descs[position] = describe(position, chosen, 0);
                                    return object_.build->supportsFormatCombination(
                                        static_cast<int32_t>(position), descs.data(),
                                        static_cast<int32_t>(inputs_),
                                        static_cast<int32_t>(outputs_));
                                  },
                                  [&](size_t position) { descs[position] = {}; }};
  return supported_formats(node_, inputs_, name, static_cast<size_t>(limit), questions, diag);
}

Status SafeCandidate::configure(const Configuration& configuration, Diagnostics& diag) {
  const Descs descs = describe_all(configuration, 0);
  const Call call(op_.id(), "configurePlugin");
  const int32_t code =
      object_.build->configurePlugin(descs.data(), static_cast<int32_t>(inputs_),
                                     descs.data() + inputs_, static_cast<int32_t>(outputs_));
  if (code == 0) return {};
  return diag.fail(Code::Plugin, "configurePlugin of safe plugin {} returned {}", op_.id().name,
                   code);
}

std::vector<int32_t> SafeCandidate::tactics() {
  return valid_tactics(*object_.build, op_.id(), tactics_code_);
}

size_t SafeCandidate::workspace(const Configuration& configuration) const {
  const Call call(op_.id(), "getWorkspaceSize");
  size_t most = 0;
  for (size_t profile = 0; profile < profile_count(); ++profile) {
    const Descs descs = describe_all(configuration, profile);
    most = std::max(most, object_.build->getWorkspaceSize(
                              descs.data(), static_cast<int32_t>(inputs_), descs.data() + inputs_,
                              static_cast<int32_t>(outputs_)));
  }
  return most;
}

std::optional<std::string> SafeCandidate::timing_key() const {
  const char* key = object_.build->getTimingCacheID();
  if (key == nullptr) return std::nullopt;
  const ops::PluginId& id = op_.id();
  return fmt::format("safe\n{}\n{}\n{}\n{}", id.name, id.version, id.name_space, key);
}

Result<kernel::Record> SafeCandidate::record(const Configuration& configuration, int32_t tactic,
                                             int threads, Diagnostics& diag) {
  (void)threads;
  TENON_TRY(check_tactics(tactics_code_, op_.id(), "safe plugin", diag));
  TENON_TRY(configure(configuration, diag));
  V3Params params;
  params.workspace = workspace(configuration);
  params.tensor_inputs = static_cast<uint32_t>(inputs_);
  TENON_ASSIGN(params.fields, packed_fields(*object_.runtime, op_.id(), "safe plugin", diag));
  kernel::Record record =
      record_of(id(), op_.id(), tactic, op_.library(), object_.build->getMetadataString());
  record.params = pack(params);
  return record;
}

Result<std::unique_ptr<kernel::Loaded>> SafeCandidate::load_for_timing(
    const Configuration& configuration, int32_t tactic, Diagnostics& diag) {
  TENON_TRY(check_tactics(tactics_code_, op_.id(), "safe plugin", diag));
  const size_t scratch = workspace(configuration);
  const Call call(op_.id(), "clone");
  TENON_ASSIGN(SafeObject copy, clone_safe(*object_.plugin, true, diag));
  return make_safe_loaded(std::move(copy), {op_.id(), node_.name, scratch, tactic, {}, {}}, diag);
}

}  // namespace tenon::plugin
