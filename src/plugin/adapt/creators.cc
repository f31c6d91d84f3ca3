// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Looking a record's creator up.
#include "plugin/adapt/creators.h"

#include <fmt/core.h>

#include "plugin/resolve/explain.h"

namespace tenon::plugin {

Result<std::shared_ptr<const Entry>> find_creator(const PluginRegistry& registry,
                                                  const kernel::RecordView& record,
                                                  CreatorKind kind, Diagnostics& diag) {
  const ops::PluginId id{std::string(record.name), std::string(record.plugin_version),
                         std::string(record.plugin_namespace)};
  std::shared_ptr<const Entry> entry = registry.find(id);
  if (entry != nullptr && entry->kind == kind) return entry;
  const std::string origin =
      record.plugin_library.empty()
          ? ""
          : fmt::format(" (it was built with library {})", record.plugin_library);
  if (entry != nullptr) {
    return diag.fail(Code::NotFound,
                     "the engine needs plugin {} from a creator of kind {}{}, but the one that is "
                     "registered, from {}, is of kind {}: load the library that the engine was "
                     "built with, or build the engine anew",
                     describe(id), to_string(kind), origin, entry->library, to_string(entry->kind));
  }
  ops::ForeignRequest request;
  request.node_name = record.node_name;
  request.op_type = id.name;
  request.version = id.version;
  request.name_space = id.name_space;
  const Explanation why = explain_missing(
      request, {registry.entries(), registry.refusals(), loaded_plugin_libraries(), {}});
  return diag.fail(Code::NotFound, "the engine needs a plugin that is not registered{}. {}", origin,
                   why.text);
}

}  // namespace tenon::plugin
