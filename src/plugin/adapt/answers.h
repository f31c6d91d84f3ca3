// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is asked of plugins in the same words, whatever interface they implement.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/candidate.h"
#include "ops/foreign.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/fields.h"

namespace tenon::plugin {

/// Outputs that a plugin may have.
constexpr int32_t kMaxOutputs = 1024;

/// What a plugin answers, which may be null.
inline std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

/// The tactics that `build` names, none twice and none zero; {0} where it has none, or fails with
/// `code`: that is for check_tactics when one is tried.
template <class Build>
std::vector<int32_t> valid_tactics(Build& build, const ops::PluginId& id, int32_t& code) {
  constexpr int32_t kMost = 4096;
  const Call call(id, "getValidTactics");
  code = 0;
  const int32_t count = std::min(build.getNbTactics(), kMost);
  if (count <= 0) return {0};
  std::vector<int32_t> given(static_cast<size_t>(count)), valid;
  code = build.getValidTactics(given.data(), count);
  if (code != 0) return {0};
  for (const int32_t tactic : given) {
    const bool known = std::find(valid.begin(), valid.end(), tactic) != valid.end();
    if (tactic != 0 && !known) valid.push_back(tactic);
  }
  return valid;
}
/// Fails when the plugin did not tell its tactics. `what` is "plugin", or a closer word.
Status check_tactics(int32_t code, const ops::PluginId& id, std::string_view what,
                     Diagnostics& diag);

/// Outputs that take an input's memory, as `build` says.
template <class Build>
std::vector<kernel::Alias> aliases_of(Build& build, size_t inputs, size_t outputs) {
  std::vector<kernel::Alias> all;
  for (size_t i = 0; i < outputs; ++i) {
    const int32_t input = build.getAliasedInput(static_cast<int32_t>(i));
    if (input >= 0 && static_cast<size_t>(input) < inputs) {
      all.push_back({static_cast<int>(i), input, true});
    }
  }
  return all;
}

/// What `runtime` serializes, packed.
template <class Runtime>
Result<Bytes> packed_fields(Runtime& runtime, const ops::PluginId& id, std::string_view what,
                            Diagnostics& diag) {
  const Call call(id, "getFieldsToSerialize");
  const auto fields = FieldStore::copy(runtime.getFieldsToSerialize());
  if (fields.ok()) return fields->pack();
  return diag.fail(Code::Plugin, "getFieldsToSerialize of {} {}: {}", what, id.name,
                   fields.status().what);
}

/// A record without parameters: names, tactic, the library's file name, and metadata (may be null).
kernel::Record record_of(kernel::KernelId kernel, const ops::PluginId& id, int32_t tactic,
                         std::string_view library, const char* metadata);

}  // namespace tenon::plugin
