// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding, making, cloning and calling safe plugins.
#include "safe/plugin.h"

#include <cstring>

#include "base/bytes.h"
#include "plugin/descriptor.h"
#include "safe/fields.h"
#include "safe/registry.h"

namespace tenon::safe {

namespace {

using nvinfer1::IPluginV3;
using nvinfer2::safe::IPluginV3OneSafeRuntime;
using nvinfer2::safe::ISafePluginCreatorV3One;

constexpr const char* kRuntimeKind = "PLUGIN_V3ONE_SAFE_RUNTIME";

/// Layer names of the interface end with a zero byte, as texts of engine files do.
const char* c_str(std::string_view text) noexcept { return text.data(); }

}  // namespace

Status read_params(const kernel::RecordView& record, Diagnostics& diag,
                   PluginParams& out) noexcept {
  ByteReader reader(record.params);
  out.workspace = reader.take<uint64_t>();
  out.tensor_inputs = reader.take<uint32_t>();
  out.fields = reader.rest();
  if (reader.ok() && out.tensor_inputs == record.inputs.size()) return {};
  return diag.fail(Code::InvalidPlan,
                   "layer '{}': the record of plugin '{}' is cut short or names other inputs than "
                   "its step has; build the engine anew",
                   record.node_name, record.name);
}

Status PluginObject::create(const kernel::RecordView& record,
                            nvinfer2::safe::ISafeRecorder& recorder, Diagnostics& diag,
                            PluginObject& out) noexcept {
  PluginParams params;
  TENON_TRY(read_params(record, diag, params));
  SafeRegistry& registry = safe_registry(recorder, Recorder::Kept);
  ISafePluginCreatorV3One* creator =
      registry.find(record.name, record.plugin_version, record.plugin_namespace);
  if (creator == nullptr) {
    FixedText<512> known;
    registry.describe(known);
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' needs plugin '{}' version '{}' of namespace '{}', whose creator "
                     "is not in the safe registry (there: {}); register it before the graph is "
                     "created",
                     record.node_name, record.name, record.plugin_version, record.plugin_namespace,
                     known.view());
  }
  Fields fields;
  TENON_TRY(Fields::read(params.fields, record.node_name, diag, fields));
  IPluginV3* plugin = creator->createPlugin(c_str(record.node_name), fields.collection(),
                                            nvinfer1::TensorRTPhase::kRUNTIME);
  if (plugin == nullptr) {
    return diag.fail(Code::Plugin,
                     "layer '{}': createPlugin of '{}' version '{}' gives null for the fields of "
                     "the engine; use the plugin library that the engine was built with",
                     record.node_name, record.name, record.plugin_version);
  }
  return out.open(plugin, record.node_name, diag);
}

Status PluginObject::open(IPluginV3* plugin, std::string_view layer, Diagnostics& diag) noexcept {
  plugin_ = plugin;
  auto* capability = plugin->getCapabilityInterface(nvinfer1::PluginCapabilityType::kRUNTIME);
  const char* kind = capability != nullptr ? capability->getInterfaceInfo().kind : "none";
  if (kind != nullptr && std::strcmp(kind, kRuntimeKind) == 0) {
    runtime_ = static_cast<IPluginV3OneSafeRuntime*>(capability);
    return {};
  }
  return diag.fail(Code::Plugin,
                   "layer '{}': the runtime interface of its plugin is '{}', not '{}'; derive it "
                   "from IPluginV3OneSafeRuntime",
                   layer, kind, kRuntimeKind);
}

Status PluginObject::clone(std::string_view layer, Diagnostics& diag,
                           PluginObject& out) const noexcept {
  IPluginV3* copy = runtime_->clone();
  if (copy == nullptr || copy == plugin_) {
    return diag.fail(Code::Plugin, "layer '{}': clone of its plugin gives {}", layer,
                     copy == nullptr ? "null" : "itself, where a new object is wanted");
  }
  return out.open(copy, layer, diag);
}

Status PluginObject::start(const nvinfer2::safe::ISafePluginResourceContext& context,
                           int32_t tactic, std::string_view layer, Diagnostics& diag) noexcept {
  if (const int32_t code = runtime_->initResource(&context); code != 0) {
    return diag.fail(Code::Plugin, "layer '{}': initResource of its plugin returned {}", layer,
                     code);
  }
  if (const int32_t code = runtime_->setTactic(tactic); code != 0) {
    return diag.fail(Code::Plugin, "layer '{}': setTactic({}) of its plugin returned {}", layer,
                     tactic, code);
  }
  return {};
}

Status PluginInstance::describe(std::span<const kernel::TensorDesc> inputs,
                                std::span<const kernel::TensorDesc> outputs,
                                std::span<const std::string_view> names) noexcept {
  constexpr Status kNone = {Code::OutOfMemory, "a plugin's step finds no memory"};
  // Between layers tensors are neither inputs nor outputs of the engine; a plugin sees its own
  // side.
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto one =
        plugin::to_descriptor(c_str(names[i]), inputs[i], nvinfer1::TensorIOMode::kINPUT);
    if (one.shape.nbDims < 0) return {Code::InvalidPlan, "a plugin reads what it cannot know"};
    if (!inputs_.push_back(one)) return kNone;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const auto one = plugin::to_descriptor(c_str(names[inputs.size() + i]), outputs[i],
                                           nvinfer1::TensorIOMode::kOUTPUT);
    if (one.shape.nbDims < 0) return {Code::InvalidPlan, "a plugin writes what it cannot know"};
    if (!outputs_.push_back(one)) return kNone;
  }
  return {};
}

Status PluginInstance::run(const kernel::RunArgs& args) noexcept {
  const device::OurMemoryScope trusted(*args.stream);
  const int32_t code =
      runtime_.enqueue(inputs_.data(), outputs_.data(), args.inputs, args.outputs, args.workspace,
                       static_cast<cudaStream_t>(args.stream->handle()));
  return code == 0 ? Status{} : Status{Code::Plugin, "enqueue of its plugin returned a failure"};
}

}  // namespace tenon::safe
