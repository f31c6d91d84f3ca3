// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a model's node to a plugin.
#include "plugin/resolve/resolver.h"

#include <fmt/core.h>

#include "plugin/adapt/call.h"
#include "plugin/adapt/fields.h"
#include "plugin/adapt/quick/foreign_op.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/v2/foreign_op.h"
#include "plugin/adapt/v3/foreign_op.h"
#include "plugin/resolve/explain.h"

namespace tenon::plugin {

namespace {

/// The kinds whose plugins can stand in a network.
bool is_usable(CreatorKind kind) { return kind != CreatorKind::Unknown; }

/// What the node's attribute `aot` asks for; nullopt without one.
Result<std::optional<bool>> wants_kernel(const ops::ForeignRequest& request, Diagnostics& diag) {
  for (const ops::ForeignAttribute& attribute : request.attributes) {
    if (attribute.name != "aot") continue;
    const auto* values = std::get_if<std::vector<int64_t>>(&attribute.value);
    if (values != nullptr && values->size() == 1) return std::optional(values->front() != 0);
    return diag.fail(Code::InvalidModel, "attribute aot must be one integer, 0 or 1");
  }
  return std::optional<bool>();
}

/// The newest of the creators with the request's name and namespace; of equal ones the nearest.
std::shared_ptr<const Entry> find_newest(const PluginRegistry& registry,
                                         const ops::ForeignRequest& request) {
  std::shared_ptr<const Entry> newest;
  for (const Entry& entry : registry.entries()) {
    const bool meant = entry.id.name == request.op_type &&
                       entry.id.name_space == request.name_space && is_usable(entry.kind);
    if (!meant || (newest && entry.id.version <= newest->id.version)) continue;
    newest = std::make_shared<const Entry>(entry);
  }
  return newest;
}

}  // namespace

std::shared_ptr<const Entry> Resolver::find(const ops::ForeignRequest& request) const {
  if (request.version.empty()) return find_newest(registry_, request);
  std::shared_ptr<const Entry> entry =
      registry_.find({request.op_type, request.version, request.name_space});
  if (entry == nullptr && !request.domain.empty()) {
    entry = registry_.find({request.op_type, request.version, request.domain});
  }
  return entry;
}

SafeCreator* Resolver::find_safe(const ops::ForeignRequest& request) const {
  SafeCreator* found =
      find_safe_creator(safe_, {request.op_type, request.version, request.name_space});
  if (found != nullptr || request.domain.empty()) return found;
  return find_safe_creator(safe_, {request.op_type, request.version, request.domain});
}

bool Resolver::knows(const ops::ForeignRequest& request) const {
  const std::shared_ptr<const Entry> entry = find(request);
  return (entry != nullptr && is_usable(entry->kind)) || find_safe(request) != nullptr;
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create(const ops::ForeignRequest& request,
                                                         Diagnostics& diag) {
  diag.info("Searching for plugin: {}, plugin_version: {}, plugin_namespace: {}", request.op_type,
            request.version.empty() ? "any" : request.version, request.name_space);
  const std::shared_ptr<const Entry> entry = find(request);
  if (entry == nullptr || !is_usable(entry->kind)) {
    if (SafeCreator* safe = find_safe(request)) return create_safe(*safe, request, diag);
    const Explanation why = explain_missing(request, {registry_.entries(), registry_.refusals(),
                                                      loaded_plugin_libraries(), builtin_names_});
    return diag.fail(Code::NotFound, "{}", why.text);
  }
  auto op = entry->kind == CreatorKind::V1      ? create_v2(*entry, request, diag)
            : entry->kind == CreatorKind::V3One ? create_v3(*entry, request, diag)
                                                : create_quick(*entry, request, diag);
  if (op.ok()) diag.info("Successfully created plugin: {}", request.op_type);
  return op;
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create_v2(const Entry& entry,
                                                            const ops::ForeignRequest& request,
                                                            Diagnostics& diag) {
  auto& creator = static_cast<nvinfer1::IPluginCreator&>(*entry.creator);
  TENON_ASSIGN(FieldStore fields,
               FieldStore::from_attributes(request.attributes, creator.getFieldNames(), diag));
  const Call call(entry.id, "createPlugin");
  TENON_ASSIGN(V2Object plugin,
               V2Object::open(creator.createPlugin(request.node_name.c_str(), fields.collection()),
                              fmt::format("createPlugin of {} from {}, given the fields {},",
                                          describe(entry.id), entry.library, fields.describe()),
                              diag));
  plugin.set_namespace(entry.id.name_space);
  TENON_ASSIGN(std::shared_ptr<V2Op> op, V2Op::create(plugin.base(), request.node_name,
                                                      entry.library, fields.describe(), diag));
  return std::shared_ptr<ops::ForeignOp>(std::move(op));
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create_v3(const Entry& entry,
                                                            const ops::ForeignRequest& request,
                                                            Diagnostics& diag) {
  auto& creator = static_cast<nvinfer1::IPluginCreatorV3One&>(*entry.creator);
  TENON_ASSIGN(FieldStore fields,
               FieldStore::from_attributes(request.attributes, creator.getFieldNames(), diag));
  const Call call(entry.id, "createPlugin");
  const std::unique_ptr<nvinfer1::IPluginV3> plugin(creator.createPlugin(
      request.node_name.c_str(), fields.collection(), nvinfer1::TensorRTPhase::kBUILD));
  if (plugin == nullptr) {
    return diag.fail(Code::Plugin, "createPlugin of {} from {} gives null for the fields {}",
                     describe(entry.id), entry.library, fields.describe());
  }
  TENON_ASSIGN(std::shared_ptr<V3Op> op,
               V3Op::create(*plugin, request.shape_inputs.size(), request.node_name, entry.library,
                            fields.describe(), diag));
  return std::shared_ptr<ops::ForeignOp>(std::move(op));
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create_safe(SafeCreator& creator,
                                                              const ops::ForeignRequest& request,
                                                              Diagnostics& diag) {
  if (!request.shape_inputs.empty()) {
    return diag.fail(Code::Unsupported,
                     "node '{}' hands shape inputs to safe plugin {}, which takes none: leave "
                     "tensorrt_plugin_shape_input_indices out",
                     request.node_name, request.op_type);
  }
  TENON_ASSIGN(FieldStore fields,
               FieldStore::from_attributes(request.attributes, creator.getFieldNames(), diag));
  const ops::PluginId id{request.op_type, request.version, creator.getPluginNamespace()};
  const Call call(id, "createPlugin");
  const std::unique_ptr<nvinfer1::IPluginV3> plugin(creator.createPlugin(
      request.node_name.c_str(), fields.collection(), nvinfer1::TensorRTPhase::kBUILD));
  const std::string library = library_of(&creator);
  if (plugin == nullptr) {
    return diag.fail(Code::Plugin,
                     "createPlugin of safe plugin {} from {} gives null for the fields "
                     "{}",
                     describe(id), library, fields.describe());
  }
  TENON_ASSIGN(std::shared_ptr<SafeOp> op,
               SafeOp::create(*plugin, request.node_name, library, fields.describe(), diag));
  diag.info("Successfully created plugin: {} (a safe plugin)", request.op_type);
  return std::shared_ptr<ops::ForeignOp>(std::move(op));
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create_quick(const Entry& entry,
                                                               const ops::ForeignRequest& request,
                                                               Diagnostics& diag) const {
  auto& creator = static_cast<nvinfer1::IPluginCreatorV3Quick&>(*entry.creator);
  TENON_ASSIGN(FieldStore fields,
               FieldStore::from_attributes(request.attributes, creator.getFieldNames(), diag));
  TENON_ASSIGN(const std::optional<bool> kernel, wants_kernel(request, diag));
  const Wish wish = !kernel ? wish_ : *kernel ? Wish::kSTRICT_AOT : Wish::kSTRICT_JIT;
  const Call call(entry.id, "createPlugin");
  // Interface fact: a quick creator is told the plugin's name, not the node's.
  const std::unique_ptr<nvinfer1::IPluginV3> plugin(
      creator.createPlugin(request.op_type.c_str(), entry.id.name_space.c_str(),
                           fields.collection(), nvinfer1::TensorRTPhase::kBUILD, wish));
  if (plugin == nullptr) {
    return diag.fail(Code::Plugin, "createPlugin of {} from {} gives null for the fields {}",
                     describe(entry.id), entry.library, fields.describe());
  }
  TENON_ASSIGN(std::shared_ptr<QuickOp> op,
               QuickOp::create(*plugin, request.node_name, entry.library, fields.describe(), diag));
  return std::shared_ptr<ops::ForeignOp>(std::move(op));
}

}  // namespace tenon::plugin
