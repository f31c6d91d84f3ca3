// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checks and records that plugins of all interfaces share.
#include "plugin/adapt/answers.h"

namespace tenon::plugin {

Status check_tactics(int32_t code, const ops::PluginId& id, std::string_view what,
                     Diagnostics& diag) {
  if (code == 0) return {};
  return diag.fail(Code::Plugin, "getValidTactics of {} {} returned {}", what, id.name, code);
}

kernel::Record record_of(kernel::KernelId kernel, const ops::PluginId& id, int32_t tactic,
                         std::string_view library, const char* metadata) {
  kernel::Record record;
  record.id = std::move(kernel);
  record.tactic = tactic;
  record.plugin_version = id.version;
  record.plugin_namespace = id.name_space;
  record.plugin_library = library.substr(library.rfind('/') + 1);
  if (metadata != nullptr) record.metadata = metadata;
  return record;
}

}  // namespace tenon::plugin
