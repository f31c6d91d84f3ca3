// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tuning knew, as data for people and tools.
#pragma once

#include <string>
#include <vector>

#include "tune/tuner.h"

namespace tenon::tune {

/// A tensor of small integers: real = (q - zero) * scale.
struct QuantisedRow {
  std::string tensor, stands_for;  ///< its name, and the model's for its real numbers
  std::string type, source;        ///< "i8" or "u8"; who gave the scale
  float scale = 0;
  int64_t zero = 0;
};

/// JSON of everything the choice was made from: every node with its candidates, alternatives,
/// times, reasons and the chosen one, network ends, reformats. Deterministic but for the times.
/// Keys:
///   network, target, level, total_ms, nodes [{name, op, sources, inputs, outputs, refusals [{who,
///   reason}], alternatives [{kernel, inputs, outputs, tactic, threads, ms | refusal,
///   chosen}]}], ends [{name, layout, allowed}], reformats [{what, threads, ms, measured |
///   refusal}], quantised [{tensor, stands_for, type, scale, zero, source}]
std::string report(std::string_view network, const Works& works,
                   const std::vector<NetworkEnd>& ends, Tuner& tuner,
                   const std::vector<QuantisedRow>& quantised = {});

}  // namespace tenon::tune
