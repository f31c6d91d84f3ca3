// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tuning knew, as data for people and tools.
#pragma once

#include <string>

#include "tune/tuner.h"

namespace tenon::tune {

/// JSON of everything the choice was made from: every node with its candidates, alternatives,
/// times, reasons and the chosen one, network ends, reformats. Deterministic but for the times.
/// Keys:
///   network, target, level, total_ms, nodes [{name, op, sources, inputs, outputs, refusals [{who,
///   reason}], alternatives [{kernel, inputs, outputs, tactic, threads, ms | refusal,
///   chosen}]}], ends [{name, layout, allowed}], reformats [{what, threads, ms, measured |
///   refusal}]
std::string report(std::string_view network, const Works& works,
                   const std::vector<NetworkEnd>& ends, Tuner& tuner);

}  // namespace tenon::tune
