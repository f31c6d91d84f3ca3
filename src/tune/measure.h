// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Giving every alternative of a work its time.
#pragma once

#include "tune/options.h"
#include "tune/timing_cache.h"
#include "tune/work.h"

namespace tenon::tune {

/// Looks times up in `cache`, has `timer` take what is missing, and keeps it in the cache. A work
/// with one alternative left is not timed, nor is any at level 0; a plugin that is the only one is
/// tried once all the same, so that a broken one fails the build. A pinned work loses its other
/// alternatives. Alternatives that fail are refused with the reason. Fails only where a miss is an
/// error.
Status measure(Work& work, Timer& timer, TimingCache& cache, const Options& options,
               Diagnostics& diag);

}  // namespace tenon::tune
