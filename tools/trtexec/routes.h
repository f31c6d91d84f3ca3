// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Build routes: the knobs of the builder, expressions over them, and the routes these mean.
#pragma once

#include <string>
#include <vector>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// One knob of the builder.
struct Knob {
  std::string name;  ///< with its dash
  std::vector<std::string> values;
  std::string normal;  ///< what the builder does by itself
};

/// The knobs, of the JSON of IBuilderConfig::getAllBuildRoutes.
std::vector<Knob> read_knobs(const std::string& json);

/// That JSON, of all knobs or, if `name` is not empty, of one. Throws Failure for an unknown one.
std::string describe_knobs(const std::string& json, const std::string& name);

/// The values one knob shall take, in order.
struct KnobChoice {
  std::string name;
  std::vector<std::string> values;
  std::string normal;
};

/// Reads `-knob=[a|b] -other=c`, where line ends count as spaces. Throws UsageError for what is no
/// knob or no value of one, and for doubles.
std::vector<KnobChoice> read_choices(const std::string& expression, const std::vector<Knob>& knobs);

/// A value for each choice.
using Picks = std::vector<std::string>;
std::string to_route(const std::vector<KnobChoice>& choices, const Picks& picks);

/// Every knob as the builder does by itself where the choice has that, else its first value; then
/// every single deviation from this.
std::vector<Picks> fast_search(const std::vector<KnobChoice>& choices);

/// All combinations.
std::vector<Picks> full_search(const std::vector<KnobChoice>& choices);

/// Of the knobs for which a single deviation took less than the first of `times` (as fast_search
/// has them; negative where it failed), all combinations of more than one deviation.
std::vector<Picks> second_search(const std::vector<KnobChoice>& choices,
                                 const std::vector<double>& times);

}  // namespace tenon::trtexec
