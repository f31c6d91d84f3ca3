// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Accounts of models and engines, as data and as text: what tenon::why answers with.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::api {

using nlohmann::ordered_json;

/// {"model", "nodes": [{"node", "op", "made_by", "plugin"?, "parameters"?, "library"?, "outputs"}],
///  "faults": [{"node", "op", "why"}]}. Plugins are looked for in the registry of the process.
///  `owner`
/// keeps the bytes alive. Never fails: what cannot be read is a fault.
ordered_json account_of_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                              const std::string& folder, const std::string& only);

/// {"engine", "target", "libraries": [{"library", "digest", "bytes_inside"}], "other_builds":
///  [sentence], "layers": [{"layer", "kernel", "tactic", "threads", "plugin"?, "sources",
///  "alternatives"?, "refusals"?}]}; needs no plugin library: other_builds is about those that
/// happen to be in the registry of the process. `bytes` begin at a multiple of 64.
Result<ordered_json> account_of_engine(std::span<const std::byte> bytes, const std::string& only,
                                       Diagnostics& diag);

/// Lines for people.
std::string to_text(const ordered_json& account);

}  // namespace tenon::api
