// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Listing all ways to compute a node.
#pragma once

#include "kernel/registry.h"
#include "tune/work.h"

namespace tenon::tune {

/// Fills a work's candidates, alternatives and refusals from the registry. Steps of at most
/// `max_threads` threads. Whatever fails is left out with its reason; that nothing is left is for
/// the caller to see. `target` outlives the work.
void enumerate(Work& work, const kernel::Registry& registry, const device::Target& target,
               int max_threads);

}  // namespace tenon::tune
