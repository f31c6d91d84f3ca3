// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Decisions of the builder that a user may take, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::api {

/// What a text as "-threads=1 -dnnl=off" decides; what it does not name is left to the builder.
struct BuildRoute {
  std::optional<int> threads;         ///< of one step
  std::optional<int> level;           ///< builder optimization level
  std::vector<std::string> left_out;  ///< families of kernels
};

/// Reads a route for a machine with `cores`. Fails, naming the knob and its values, for what is
/// not among knobs_json().
Result<BuildRoute> parse_route(std::string_view text, int cores, Diagnostics& diag);

/// All knobs: {"tuner_version", "tuner_options": [{"option", "allowed_values", "default_value",
/// "help"}]}, values as "-knob=[a|b]".
std::string knobs_json(int cores);

}  // namespace tenon::api
