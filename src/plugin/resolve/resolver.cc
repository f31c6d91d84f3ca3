// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a model's node to a plugin.
#include "plugin/resolve/resolver.h"

#include "plugin/adapt/call.h"
#include "plugin/adapt/fields.h"
#include "plugin/adapt/v3/foreign_op.h"
#include "plugin/resolve/explain.h"

namespace tenon::plugin {

const Entry* Resolver::find(const ops::ForeignRequest& request) const {
  const Entry* entry = registry_.find({request.op_type, request.version, request.name_space});
  if (entry == nullptr && !request.domain.empty()) {
    entry = registry_.find({request.op_type, request.version, request.domain});
  }
  return entry;
}

bool Resolver::knows(const ops::ForeignRequest& request) const {
  const Entry* entry = find(request);
  return entry != nullptr && entry->kind == CreatorKind::V3One;
}

Result<std::shared_ptr<ops::ForeignOp>> Resolver::create(const ops::ForeignRequest& request,
                                                         Diagnostics& diag) {
  diag.info("Searching for plugin: {}, plugin_version: {}, plugin_namespace: {}", request.op_type,
            request.version, request.name_space);
  const Entry* entry = find(request);
  if (entry == nullptr || entry->kind != CreatorKind::V3One) {
    const Explanation why = explain_missing(request, {registry_.entries(), registry_.refusals(),
                                                      loaded_plugin_libraries(), builtin_names_});
    return diag.fail(Code::NotFound, "{}", why.text);
  }
  auto& creator = static_cast<nvinfer1::IPluginCreatorV3One&>(*entry->creator);
  TENON_ASSIGN(FieldStore fields,
               FieldStore::from_attributes(request.attributes, creator.getFieldNames(), diag));
  const Call call(entry->id, "createPlugin");
  const std::unique_ptr<nvinfer1::IPluginV3> plugin(creator.createPlugin(
      request.node_name.c_str(), fields.collection(), nvinfer1::TensorRTPhase::kBUILD));
  if (plugin == nullptr) {
    return diag.fail(Code::Plugin, "createPlugin of {} from {} gives null for the fields {}",
                     describe(entry->id), entry->library, fields.describe());
  }
  TENON_ASSIGN(std::shared_ptr<V3Op> op,
               V3Op::create(*plugin, request.shape_inputs.size(), request.node_name, entry->library,
                            fields.describe(), diag));
  diag.info("Successfully created plugin: {}", request.op_type);
  return std::shared_ptr<ops::ForeignOp>(std::move(op));
}

}  // namespace tenon::plugin
