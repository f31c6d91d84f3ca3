// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attaching, shape changes and enqueue.
#include "plugin/adapt/v3/loaded.h"

#include <fmt/core.h>

#include "base/hash.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/creators.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/fields.h"
#include "plugin/adapt/resource_context.h"
#include "plugin/adapt/v3/candidate.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;
using nvinfer1::PluginTensorDesc;

/// The object of one execution context.
class V3Instance final : public kernel::Instance {
 public:
  /// `id` and `node` belong to the engine's object.
  V3Instance(V3Object object, const ops::PluginId& id, std::string_view node, size_t inputs)
      : object_(std::move(object)), id_(id), node_(node), tensor_inputs_(inputs) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    to_descs(inputs.first(tensor_inputs_), inputs_);
    to_descs(outputs, outputs_);
    const Call call(id_, "onShapeChange", node_);
    const int32_t code =
        object_.runtime->onShapeChange(inputs_.data(), static_cast<int32_t>(inputs_.size()),
                                       outputs_.data(), static_cast<int32_t>(outputs_.size()));
    return outcome_.of(id_, "onShapeChange", code);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const Call call(id_, "enqueue", node_);
    const int32_t code =
        object_.runtime->enqueue(inputs_.data(), outputs_.data(), args.inputs, args.outputs,
                                 args.workspace, static_cast<cudaStream_t>(args.stream->handle()));
    return outcome_.of(id_, "enqueue", code);
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return outcome_.words(); }

 private:
  V3Object object_;
  const ops::PluginId& id_;
  std::string_view node_;
  size_t tensor_inputs_;
  std::vector<PluginTensorDesc> inputs_, outputs_;
  Outcome outcome_;
};

/// The object of one engine.
class V3Loaded final : public kernel::Loaded {
 public:
  V3Loaded(V3Object object, ops::PluginId id, std::string node, size_t inputs, size_t workspace,
           int32_t tactic)
      : object_(std::move(object)),
        id_(std::move(id)),
        node_(std::move(node)),
        inputs_(inputs),
        workspace_(workspace),
        tactic_(tactic) {}

  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return workspace_;
  }

  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    auto* context = static_cast<nvinfer1::IPluginResourceContext*>(resources.plugin_context);
    if (context == nullptr) context = &default_resource_context();
    const Call call(id_, "attachToContext", node_);
    std::unique_ptr<nvinfer1::IPluginV3> attached(object_.runtime->attachToContext(context));
    if (attached == nullptr) return Status{Code::Plugin, "attachToContext of a plugin gives null"};
    CollectingSink sink;
    Diagnostics diag(sink);
    TENON_ASSIGN(V3Object object, open_v3(std::move(attached), false, diag));
    if (object.runtime->setTactic(tactic_) != 0) {
      return Status{Code::Plugin, "setTactic of a plugin failed"};
    }
    return std::unique_ptr<kernel::Instance>(
        std::make_unique<V3Instance>(std::move(object), id_, node_, inputs_));
  }

  [[nodiscard]] std::string state() const override {
    const Call call(id_, "getFieldsToSerialize", node_);
    const auto fields = FieldStore::copy(object_.runtime->getFieldsToSerialize());
    if (!fields.ok()) return fields.status().what;
    return fmt::format("{} (hash {:016x})", fields->describe(), hash64(fields->pack()));
  }

 private:
  V3Object object_;
  ops::PluginId id_;
  std::string node_;
  size_t inputs_;
  size_t workspace_;
  int32_t tactic_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> make_v3_loaded(V3Object object, ops::PluginId id,
                                                       std::string node, size_t inputs,
                                                       size_t workspace, int32_t tactic,
                                                       Diagnostics& diag) {
  int32_t code = 0;
  {
    const Call call(id, "setTactic", node);
    code = object.runtime->setTactic(tactic);
  }
  if (code != 0) {
    return diag.fail(Code::Plugin, "setTactic({}) of plugin {} returned {}", tactic, id.name, code);
  }
  return std::unique_ptr<kernel::Loaded>(std::make_unique<V3Loaded>(
      std::move(object), std::move(id), std::move(node), inputs, workspace, tactic));
}

kernel::LoadFunction v3_loader(const PluginRegistry& registry) {
  return [&registry](const kernel::RecordView& record,
                     Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    TENON_ASSIGN(const std::shared_ptr<const Entry> entry,
                 find_creator(registry, record, CreatorKind::V3One, diag));
    TENON_ASSIGN(const V3Params params, unpack_v3(record.params));
    auto fields = FieldStore::unpack(params.fields);
    if (!fields.ok()) return diag.fail(fields.status().code, "{}", fields.status().what);
    if (params.tensor_inputs > record.inputs.size()) {
      return diag.fail(Code::InvalidPlan,
                       "the record of plugin {} names more inputs than its step has", record.name);
    }
    auto& creator = static_cast<nvinfer1::IPluginCreatorV3One&>(*entry->creator);
    const std::string name(record.node_name);
    const Call call(entry->id, "createPlugin", name);
    std::unique_ptr<nvinfer1::IPluginV3> plugin(creator.createPlugin(
        name.c_str(), fields->collection(), nvinfer1::TensorRTPhase::kRUNTIME));
    if (plugin == nullptr) {
      return diag.fail(Code::Plugin,
                       "createPlugin of {} from {} gives null for the fields of the engine: {}",
                       plugin::describe(entry->id), entry->library, fields->describe());
    }
    TENON_ASSIGN(V3Object object, open_v3(std::move(plugin), false, diag));
    return make_v3_loaded(std::move(object), entry->id, name, params.tensor_inputs,
                          params.workspace, record.tactic, diag);
  };
}

}  // namespace tenon::plugin
