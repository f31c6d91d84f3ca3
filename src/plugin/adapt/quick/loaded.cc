// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Clones, tactics and enqueue.
#include "plugin/adapt/quick/loaded.h"

#include <fmt/core.h>

#include "base/hash.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/creators.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/fields.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;

/// The object of one execution context.
class QuickInstance final : public kernel::Instance {
 public:
  /// `id` and `node` belong to the engine's object.
  QuickInstance(QuickObject object, const ops::PluginId& id, std::string_view node)
      : object_(std::move(object)), id_(id), node_(node) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    to_descs(inputs, inputs_);
    to_descs(outputs, outputs_);
    to_strides(inputs, input_strides_);
    to_strides(outputs, output_strides_);
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const Call call(id_, "enqueue", node_);
    const int32_t code = object_.runtime->enqueue(
        inputs_.data(), outputs_.data(), args.inputs, args.outputs, input_strides_.data(),
        output_strides_.data(), static_cast<int32_t>(inputs_.size()),
        static_cast<int32_t>(outputs_.size()), static_cast<cudaStream_t>(args.stream->handle()));
    return outcome_.of(id_, "enqueue", code);
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return outcome_.words(); }

 private:
  QuickObject object_;
  const ops::PluginId& id_;
  std::string_view node_;
  std::vector<nvinfer1::PluginTensorDesc> inputs_, outputs_;
  std::vector<nvinfer1::Dims> input_strides_, output_strides_;
  Outcome outcome_;
};

/// The object of one engine.
class QuickLoaded final : public kernel::Loaded {
 public:
  QuickLoaded(QuickObject object, ops::PluginId id, std::string node, int32_t tactic)
      : object_(std::move(object)), id_(std::move(id)), node_(std::move(node)), tactic_(tactic) {}

  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return 0;
  }

  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    (void)resources;
    const Call call(id_, "clone", node_);
    CollectingSink sink;
    Diagnostics diag(sink);
    TENON_ASSIGN(QuickObject object, clone_quick(*object_.plugin, false, diag));
    if (object.runtime->setTactic(tactic_) != 0) {
      return Status{Code::Plugin, "setTactic of a quick plugin failed"};
    }
    return std::unique_ptr<kernel::Instance>(
        std::make_unique<QuickInstance>(std::move(object), id_, node_));
  }

  [[nodiscard]] std::string state() const override {
    const Call call(id_, "getFieldsToSerialize", node_);
    const auto fields = FieldStore::copy(object_.runtime->getFieldsToSerialize());
    if (!fields.ok()) return fields.status().what;
    return fmt::format("{} (hash {:016x})", fields->describe(), hash64(fields->pack()));
  }

 private:
  QuickObject object_;
  ops::PluginId id_;
  std::string node_;
  int32_t tactic_;
};

}  // namespace

std::unique_ptr<kernel::Loaded> make_quick_loaded(QuickObject object, ops::PluginId id,
                                                  std::string node, int32_t tactic) {
  return std::make_unique<QuickLoaded>(std::move(object), std::move(id), std::move(node), tactic);
}

kernel::LoadFunction quick_loader(const PluginRegistry& registry) {
  return [&registry](const kernel::RecordView& record,
                     Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    TENON_ASSIGN(const std::shared_ptr<const Entry> entry,
                 find_creator(registry, record, CreatorKind::V3Quick, diag));
    auto fields = FieldStore::unpack(record.params);
    if (!fields.ok()) return diag.fail(fields.status().code, "{}", fields.status().what);
    auto& creator = static_cast<nvinfer1::IPluginCreatorV3Quick&>(*entry->creator);
    const std::string node(record.node_name);
    const Call call(entry->id, "createPlugin", node);
    std::unique_ptr<nvinfer1::IPluginV3> plugin(creator.createPlugin(
        entry->id.name.c_str(), entry->id.name_space.c_str(), fields->collection(),
        nvinfer1::TensorRTPhase::kRUNTIME, nvinfer1::QuickPluginCreationRequest::kSTRICT_JIT));
    if (plugin == nullptr) {
      return diag.fail(Code::Plugin,
                       "createPlugin of {} from {} gives null for the fields of the engine: {}",
                       plugin::describe(entry->id), entry->library, fields->describe());
    }
    TENON_ASSIGN(QuickObject object, open_quick(std::move(plugin), false, diag));
    return make_quick_loaded(std::move(object), entry->id, node, record.tactic);
  };
}

}  // namespace tenon::plugin
