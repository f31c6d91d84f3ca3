// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Initialising, cloning for contexts, and enqueue.
#include "plugin/adapt/v2/loaded.h"

#include <algorithm>
#include <cstring>

#include "base/aligned_buffer.h"
#include "base/hash.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/creators.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/resource_context.h"
#include "plugin/adapt/v2/batch.h"
#include "plugin/adapt/v2/candidate.h"
#include "plugin/adapt/v2/state.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;

/// The clone of one execution context.
class V2Instance final : public kernel::Instance {
 public:
  /// `id` and `node` belong to the engine's object.
  V2Instance(V2Object object, const ops::PluginId& id, std::string_view node, size_t workspace,
             nvinfer1::IGpuAllocator* allocator)
      : object_(std::move(object)), id_(id), node_(node), workspace_(workspace) {
    const Call call(id_, "attachToContext", node_);
    if (auto* ext = object_.ext()) ext->attachToContext(nullptr, nullptr, allocator);
  }
  ~V2Instance() override {
    const Call call(id_, "detachFromContext", node_);
    if (auto* ext = object_.ext()) ext->detachFromContext();
  }

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    batch_ = inputs.empty() ? Batch() : Batch(inputs[0].dims);
    if (object_.dynamic() == nullptr) return {};  // Its extents are fixed: told in the build.
    to_descs(inputs, inputs_);
    to_descs(outputs, outputs_);
    if (same_shapes()) return {};
    configure();
    return check_workspace();
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const Call call(id_, "enqueue", node_);
    auto* stream = static_cast<cudaStream_t>(args.stream->handle());
    auto* dynamic = object_.dynamic();
    const int32_t code = dynamic != nullptr
                             ? dynamic->enqueue(inputs_.data(), outputs_.data(), args.inputs,
                                                args.outputs, args.workspace, stream)
                             : object_.base().enqueue(batch_.size(), args.inputs, args.outputs,
                                                      args.workspace, stream);
    return outcome_.of(id_, "enqueue", code);
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return outcome_.words(); }

 private:
  using Told = std::vector<nvinfer1::DynamicPluginTensorDesc>;

  [[nodiscard]] bool same_shapes() const noexcept {
    const auto same = [](const nvinfer1::PluginTensorDesc& now,
                         const nvinfer1::DynamicPluginTensorDesc& told) {
      const nvinfer1::Dims &a = now.dims, &b = told.desc.dims;
      return a.nbDims == b.nbDims && std::equal(a.d, a.d + std::max(a.nbDims, 0), b.d);
    };
    return told_ &&
           std::equal(inputs_.begin(), inputs_.end(), told_inputs_.begin(), told_inputs_.end(),
                      same) &&
           std::equal(outputs_.begin(), outputs_.end(), told_outputs_.begin(), told_outputs_.end(),
                      same);
  }

  static void fix(const std::vector<nvinfer1::PluginTensorDesc>& from, Told& to) {
    to.clear();
    for (const auto& desc : from) to.push_back({desc, desc.dims, desc.dims, desc.dims});
  }

  /// All extents are known now: least, usual and greatest are one.
  void configure() {
    fix(inputs_, told_inputs_);
    fix(outputs_, told_outputs_);
    told_ = true;
    const Call call(id_, "configurePlugin", node_);
    object_.dynamic()->configurePlugin(
        told_inputs_.data(), static_cast<int32_t>(told_inputs_.size()), told_outputs_.data(),
        static_cast<int32_t>(told_outputs_.size()));
  }

  Status check_workspace() noexcept {
    const Call call(id_, "getWorkspaceSize");
    const size_t wanted =
        object_.dynamic()->getWorkspaceSize(inputs_.data(), static_cast<int32_t>(inputs_.size()),
                                            outputs_.data(), static_cast<int32_t>(outputs_.size()));
    return wanted <= workspace_ ? Status{} : outcome_.too_much(id_, wanted, workspace_);
  }

  V2Object object_;
  const ops::PluginId& id_;
  std::string_view node_;
  size_t workspace_;
  Batch batch_;
  bool told_ = false;
  Told told_inputs_, told_outputs_;
  std::vector<nvinfer1::PluginTensorDesc> inputs_, outputs_;
  Outcome outcome_;
};

/// The object of one engine, initialised.
class V2Loaded final : public kernel::Loaded {
 public:
  V2Loaded(V2Object object, ops::PluginId id, std::string node, size_t workspace)
      : object_(std::move(object)),
        id_(std::move(id)),
        node_(std::move(node)),
        workspace_(workspace) {}
  ~V2Loaded() override {
    const Call call(id_, "terminate", node_);
    object_.base().terminate();
  }

  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return workspace_;
  }

  /// A clone of an initialised object is initialised: it is not told again.
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    auto* context = static_cast<nvinfer1::IPluginResourceContext*>(resources.plugin_context);
    if (context == nullptr) context = &default_resource_context();
    CollectingSink sink;
    Diagnostics diag(sink);
    const Call call(id_, "clone");
    auto copy = object_.clone(diag);
    if (!copy.ok()) return Status{Code::Plugin, "clone() of a plugin for a context failed"};
    return std::unique_ptr<kernel::Instance>(std::make_unique<V2Instance>(
        std::move(*copy), id_, node_, workspace_, context->getGpuAllocator()));
  }

  [[nodiscard]] std::string state() const override {
    CollectingSink sink;
    Diagnostics diag(sink);
    const Result<Bytes> bytes = serialized_now(object_, id_, diag);
    if (!bytes.ok()) return sink.errors();
    return fmt::format("{} bytes (hash {:016x})", bytes->size(), hash64(*bytes));
  }

 private:
  V2Object object_;
  ops::PluginId id_;
  std::string node_;
  size_t workspace_;
};

/// Has the creator make the plugin from the bytes of the engine.
Result<V2Object> deserialize(const Entry& entry, std::string_view node_name, const Bytes& state,
                             Diagnostics& diag) {
  AlignedBuffer aligned(state.size() + 1);
  if (aligned.data() == nullptr) {
    return diag.fail(Code::OutOfMemory, "no memory for the bytes of plugin {}", entry.id.name);
  }
  if (!state.empty()) std::memcpy(aligned.data(), state.data(), state.size());
  const std::string name(node_name);
  const Call call(entry.id, "deserializePlugin");
  auto& creator = static_cast<nvinfer1::IPluginCreator&>(*entry.creator);
  TENON_ASSIGN(V2Object object,
               V2Object::open(creator.deserializePlugin(name.c_str(), aligned.data(), state.size()),
                              fmt::format("deserializePlugin of {} from {}, given {} bytes,",
                                          describe(entry.id), entry.library, state.size()),
                              diag));
  object.set_namespace(entry.id.name_space);
  return object;
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> make_v2_loaded(V2Object object, const ops::PluginId& id,
                                                       std::string node, size_t workspace,
                                                       Diagnostics& diag) {
  TENON_TRY(initialize(object, id, diag));
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<V2Loaded>(std::move(object), id, std::move(node), workspace));
}

kernel::LoadFunction v2_loader(const PluginRegistry& registry) {
  return [&registry](const kernel::RecordView& record,
                     Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    TENON_ASSIGN(const std::shared_ptr<const Entry> entry,
                 find_creator(registry, record, CreatorKind::V1, diag));
    const Result<V2Params> params = unpack_v2(record.params);
    if (!params.ok()) return diag.fail(params.status().code, "{}", params.status().what);
    TENON_ASSIGN(V2Object object, deserialize(*entry, record.node_name, params->state, diag));
    if (object.family() != params->family) {
      return diag.fail(Code::Plugin,
                       "plugin {} from {} is an {} now, but the engine was built with an {}: load "
                       "the library of that time, or build the engine anew",
                       describe(entry->id), entry->library, to_string(object.family()),
                       to_string(params->family));
    }
    return make_v2_loaded(std::move(object), entry->id, std::string(record.node_name),
                          params->workspace, diag);
  };
}

}  // namespace tenon::plugin
