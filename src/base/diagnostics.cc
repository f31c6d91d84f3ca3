// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Formatting of sentences and of the scopes before them.
#include "base/diagnostics.h"

namespace tenon {

std::string CollectingSink::errors() const {
  std::string all;
  for (const Entry& entry : entries) {
    if (entry.severity > Severity::Error) continue;
    if (!all.empty()) all += '\n';
    all += entry.text;
  }
  return all;
}

Diagnostics::Scope::Scope(Diagnostics& owner, std::string_view kind, std::string_view name)
    : owner_(owner) {
  owner_.scopes_.push_back(fmt::format("{} \"{}\"", kind, name));
}

void Diagnostics::say(Severity severity, Code code, fmt::string_view text, fmt::format_args args) {
  std::string sentence;
  if (severity <= Severity::Warning) {
    for (const std::string& scope : scopes_) sentence += scope + ": ";
  }
  sentence += fmt::vformat(text, args);
  sink_->report(severity, code, sentence);
}

}  // namespace tenon
