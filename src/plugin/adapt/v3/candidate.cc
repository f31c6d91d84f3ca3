// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Formats, tactics and records, asked of the plugin.
#include "plugin/adapt/v3/candidate.h"

#include <fmt/core.h>

#include <algorithm>

#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/v3/foreign_op.h"
#include "plugin/adapt/v3/loaded.h"

namespace tenon::plugin {

namespace {

using kernel::Configuration;
using kernel::Port;

}  // namespace

Bytes pack(const V3Params& params) {
  ByteWriter writer;
  writer.put(params.workspace);
  writer.put(params.tensor_inputs);
  writer.raw(params.fields);
  return std::move(writer).bytes();
}

Result<V3Params> unpack_v3(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  V3Params params;
  params.workspace = reader.take<uint64_t>();
  params.tensor_inputs = reader.take<uint32_t>();
  if (!reader.ok()) return Status{Code::InvalidPlan, "the record of a plugin is cut short"};
  const auto fields = bytes.subspan(sizeof(uint64_t) + sizeof(uint32_t));
  params.fields.assign(fields.begin(), fields.end());
  return params;
}

V3Candidate::V3Candidate(V3Object object, const V3Op& op, const kernel::NodeInfo& node)
    : object_(std::move(object)),
      op_(op),
      node_(node),
      inputs_(node.inputs.size() - op.shape_input_count()),
      outputs_(node.outputs.size()) {}

kernel::KernelId V3Candidate::id() const { return {"plugin.v3", op_.id().name, 1}; }

uint32_t V3Candidate::flags() const {
  // What a plugin does inside, nobody knows: not pure, and it runs on the caller's thread.
  return static_cast<uint32_t>(kernel::Flag::HostCode);
}

const kernel::PortInfo& V3Candidate::port(size_t position) const {
  return position < inputs_ ? node_.inputs[position] : node_.outputs[position - inputs_];
}

Port V3Candidate::scaled(size_t position, Port chosen) const {
  if (chosen.dtype == DType::I8 && position < op_.scales().size()) {
    chosen.scale = op_.scales()[position];
  }
  return chosen;
}

std::vector<Configuration> V3Candidate::configurations(Diagnostics& diag) {
  const std::string& name = op_.id().name;
  if (!plugin_types_known(node_, inputs_, name, diag)) return {};
  // A limit of zero or less still takes the first combination, as programs in the field expect.
  const int32_t limit = std::max(1, object_.build->getFormatCombinationLimit());
  Descs descs(inputs_ + outputs_);
  const Call call(op_.id(), "supportsFormatCombination");
  const FormatQuestions questions{
      [&](size_t position, const Port& chosen) {
        descs[position] = to_dynamic_desc(port(position), scaled(position, chosen));
        return object_.build->supportsFormatCombination(static_cast<int32_t>(position),
                                                        descs.data(), static_cast<int32_t>(inputs_),
                                                        static_cast<int32_t>(outputs_));
      },
      [&](size_t position) { descs[position] = {}; }};
  std::vector<Configuration> all =
      supported_formats(node_, inputs_, name, static_cast<size_t>(limit), questions, diag);
  for (Configuration& one : all) {
    for (size_t i = 0; i < inputs_; ++i) one.inputs[i] = scaled(i, one.inputs[i]);
    for (size_t i = 0; i < outputs_; ++i) one.outputs[i] = scaled(inputs_ + i, one.outputs[i]);
  }
  return all;
}

V3Candidate::Descs V3Candidate::describe_all(const Configuration& configuration) const {
  Descs descs;
  for (size_t i = 0; i < inputs_; ++i)
    descs.push_back(to_dynamic_desc(port(i), configuration.inputs[i]));
  for (size_t i = 0; i < outputs_; ++i) {
    descs.push_back(to_dynamic_desc(port(inputs_ + i), configuration.outputs[i]));
  }
  return descs;
}

Status V3Candidate::configure(const Configuration& configuration, Diagnostics& diag) {
  const Descs descs = describe_all(configuration);
  const Call call(op_.id(), "configurePlugin");
  const int32_t code =
      object_.build->configurePlugin(descs.data(), static_cast<int32_t>(inputs_),
                                     descs.data() + inputs_, static_cast<int32_t>(outputs_));
  if (code == 0) return {};
  return diag.fail(Code::Plugin, "configurePlugin of plugin {} returned {}", op_.id().name, code);
}

std::vector<int32_t> V3Candidate::tactics() {
  return valid_tactics(*object_.build, op_.id(), tactics_code_);
}

size_t V3Candidate::workspace(const Configuration& configuration) const {
  const Descs descs = describe_all(configuration);
  const Call call(op_.id(), "getWorkspaceSize");
  return object_.build->getWorkspaceSize(descs.data(), static_cast<int32_t>(inputs_),
                                         descs.data() + inputs_, static_cast<int32_t>(outputs_));
}

std::vector<int> V3Candidate::absorbed_inputs() const {
  std::vector<int> absorbed;
  for (size_t i = inputs_; i < node_.inputs.size(); ++i) absorbed.push_back(static_cast<int>(i));
  return absorbed;
}

std::vector<kernel::Alias> V3Candidate::aliases() const {
  if (object_.aliasing == nullptr || !node_.aliased_plugin_io) return {};
  return aliases_of(*object_.aliasing, inputs_, outputs_);
}

std::optional<std::string> V3Candidate::timing_key() const {
  const char* key = object_.build->getTimingCacheID();
  if (key == nullptr) return std::nullopt;
  const ops::PluginId& id = op_.id();
  return fmt::format("{}\n{}\n{}\n{}", id.name, id.version, id.name_space, key);
}

Result<kernel::Record> V3Candidate::record(const Configuration& configuration, int32_t tactic,
                                           int threads, Diagnostics& diag) {
  (void)threads;
  TENON_TRY(check_tactics(tactics_code_, op_.id(), "plugin", diag));
  TENON_TRY(configure(configuration, diag));
  V3Params params;
  params.workspace = workspace(configuration);
  params.tensor_inputs = static_cast<uint32_t>(inputs_);
  TENON_ASSIGN(params.fields, packed_fields(*object_.runtime, op_.id(), "plugin", diag));
  kernel::Record record =
      record_of(id(), op_.id(), tactic, op_.library(), object_.build->getMetadataString());
  record.params = pack(params);
  return record;
}

Result<std::unique_ptr<kernel::Loaded>> V3Candidate::load_for_timing(
    const Configuration& configuration, int32_t tactic, Diagnostics& diag) {
  TENON_TRY(check_tactics(tactics_code_, op_.id(), "plugin", diag));
  const size_t scratch = workspace(configuration);
  const Call call(op_.id(), "clone");
  TENON_ASSIGN(V3Object copy, clone_v3(*object_.plugin, true, diag));
  return make_v3_loaded(std::move(copy), op_.id(), node_.name, inputs_, scratch, tactic, diag);
}

}  // namespace tenon::plugin
