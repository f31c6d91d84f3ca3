// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What was timed, told line by line in the form that readers of editable timing caches look for.
#pragma once

#include "base/diagnostics.h"
#include "tune/work.h"

namespace tenon::tune {

/// Says for every work whose ways were timed, verbosely and in this order: the node with its key in
/// the timing cache, a heading, one line a way (number, milliseconds, their ratio to the fastest, a
/// prediction that this tuner does not make, kernel, hash of the way, what it is), and the hash of
/// the way that was chosen. To be called after the choice.
void log_profiles(const Works& works, Diagnostics& diag);

}  // namespace tenon::tune
