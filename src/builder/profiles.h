// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The optimization profiles of a build, checked against the network.
#pragma once

#include <vector>

#include "builder/builder.h"

namespace tenon::builder {

/// Checks the caller's profiles and gives them with one range for every network input, in order;
/// one profile of the inputs' own extents when the caller gave none. Fails, naming profile, input,
/// axis and the mend, when: a range is missing for an input of unknown extents, names no input, has
/// another rank or another fixed extent than the input, is not 0 <= min <= opt <= max; a shape
/// input has no values or the wrong number; inputs that share a symbol have different ranges.
Result<std::vector<ProfileRanges>> complete_profiles(const ir::Graph& graph,
                                                     const std::vector<ProfileRanges>& given,
                                                     Diagnostics& diag);

}  // namespace tenon::builder
