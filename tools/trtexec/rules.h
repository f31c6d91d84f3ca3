// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How flags fit together.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Refuses flags that exclude or need each other, with Failure, and fills in what one flag implies
/// about another: bounds of profiles from those given, shapes of runs from profiles and back.
void apply_rules(Options& options);

}  // namespace tenon::trtexec
