// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Clones, shapes and enqueue of safe plugins.
#include "plugin/adapt/safe_build/loaded.h"

#include <fmt/core.h>

#include "base/hash.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/fields.h"
#include "plugin/adapt/safe_build/resource_context.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/descriptor.h"
#include "plugin/registry/creator.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;
using nvinfer2::safe::TensorDescriptor;

/// initResource, then setTactic, as after every creation and every clone.
Status make_ready(SafeObject& object, const SafeStep& step, Outcome& outcome) {
  int32_t code = 0;
  {
    const Call call(step.id, "initResource", step.node);
    code = object.runtime->initResource(&default_safe_context());
  }
  TENON_TRY(outcome.of(step.id, "initResource", code));
  const Call call(step.id, "setTactic", step.node);
  return outcome.of(step.id, "setTactic", object.runtime->setTactic(step.tactic));
}

/// The object of one execution context.
class SafeInstance final : public kernel::Instance {
 public:
  /// `step` belongs to the engine's object.
  SafeInstance(SafeObject object, const SafeStep& step) : object_(std::move(object)), step_(step) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    describe(inputs, step_.input_names, nvinfer1::TensorIOMode::kINPUT, inputs_);
    describe(outputs, step_.output_names, nvinfer1::TensorIOMode::kOUTPUT, outputs_);
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const Call call(step_.id, "enqueue", step_.node);
    const int32_t code =
        object_.runtime->enqueue(inputs_.data(), outputs_.data(), args.inputs, args.outputs,
                                 args.workspace, static_cast<cudaStream_t>(args.stream->handle()));
    return outcome_.of(step_.id, "enqueue", code);
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return outcome_.words(); }

 private:
  static void describe(std::span<const TensorDesc> from, const std::vector<std::string>& names,
                       nvinfer1::TensorIOMode mode, std::vector<TensorDescriptor>& to) {
    to.resize(from.size());
    for (size_t i = 0; i < from.size(); ++i) {
      to[i] = to_descriptor(i < names.size() ? names[i].c_str() : "", from[i], mode);
    }
  }

  SafeObject object_;
  const SafeStep& step_;
  std::vector<TensorDescriptor> inputs_, outputs_;
  Outcome outcome_;
};

/// The object of one engine.
class SafeLoaded final : public kernel::Loaded {
 public:
  SafeLoaded(SafeObject object, SafeStep step)
      : object_(std::move(object)), step_(std::move(step)) {}

  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return step_.workspace;
  }

  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    CollectingSink sink;
    Diagnostics diag(sink);
    std::unique_ptr<nvinfer1::IPluginV3> copy;
    {
      const Call call(step_.id, "clone", step_.node);
      copy.reset(object_.runtime->clone());
    }
    if (copy == nullptr) return Status{Code::Plugin, "clone of a safe plugin gives null"};
    TENON_ASSIGN(SafeObject object, open_safe(std::move(copy), false, diag));
    Outcome outcome;
    TENON_TRY(make_ready(object, step_, outcome));
    return std::unique_ptr<kernel::Instance>(
        std::make_unique<SafeInstance>(std::move(object), step_));
  }

  [[nodiscard]] std::string state() const override {
    const Call call(step_.id, "getFieldsToSerialize", step_.node);
    const auto fields = FieldStore::copy(object_.runtime->getFieldsToSerialize());
    if (!fields.ok()) return fields.status().what;
    return fmt::format("{} (hash {:016x})", fields->describe(), hash64(fields->pack()));
  }

 private:
  SafeObject object_;
  SafeStep step_;
};

/// Why there is no creator, with those that are there.
Status no_creator(const SafeRegistry* registry, const ops::PluginId& id, std::string_view library,
                  Diagnostics& diag) {
  std::string known;
  for (const ops::PluginId& one : safe_creators(registry)) {
    known += (known.empty() ? "" : "; ") + plugin::describe(one);
  }
  return diag.fail(
      Code::NotFound,
      "the engine needs safe plugin {}{}, which is not in the safe registry, where there are: {}. "
      "Register its creator (getSafePluginRegistry, or --safetyPlugins=LIB[NS::NAME])",
      plugin::describe(id),
      library.empty() ? "" : fmt::format(" (it was built with library {})", library),
      known.empty() ? "none" : known);
}

std::vector<std::string> copies(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> make_safe_loaded(SafeObject object, SafeStep step,
                                                         Diagnostics& diag) {
  Outcome outcome;
  if (const Status status = make_ready(object, step, outcome); !status.ok()) {
    return diag.fail(status.code, "{}", outcome.words());
  }
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<SafeLoaded>(std::move(object), std::move(step)));
}

kernel::LoadFunction safe_loader(const SafeRegistry* (*registry)()) {
  return [registry](const kernel::RecordView& record,
                    Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    const ops::PluginId id{std::string(record.name), std::string(record.plugin_version),
                           std::string(record.plugin_namespace)};
    SafeCreator* creator = find_safe_creator(registry(), id);
    if (creator == nullptr) return no_creator(registry(), id, record.plugin_library, diag);
    TENON_ASSIGN(const V3Params params, unpack_v3(record.params));
    auto fields = FieldStore::unpack(params.fields);
    if (!fields.ok()) return diag.fail(fields.status().code, "{}", fields.status().what);
    if (params.tensor_inputs != record.inputs.size()) {
      return diag.fail(Code::InvalidPlan,
                       "the record of safe plugin {} names {} inputs, its step has {}", record.name,
                       params.tensor_inputs, record.inputs.size());
    }
    const std::string name(record.node_name);
    const Call call(id, "createPlugin", name);
    std::unique_ptr<nvinfer1::IPluginV3> plugin(creator->createPlugin(
        name.c_str(), fields->collection(), nvinfer1::TensorRTPhase::kRUNTIME));
    if (plugin == nullptr) {
      return diag.fail(Code::Plugin,
                       "createPlugin of safe plugin {} gives null for the fields of the engine: {}",
                       plugin::describe(id), fields->describe());
    }
    TENON_ASSIGN(SafeObject object, open_safe(std::move(plugin), false, diag));
    return make_safe_loaded(std::move(object),
                            {id, name, params.workspace, record.tactic, copies(record.input_names),
                             copies(record.output_names)},
                            diag);
  };
}

}  // namespace tenon::plugin
