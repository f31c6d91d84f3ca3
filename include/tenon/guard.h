// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Guarded mode: running plugins where every step out of line is seen.
#pragma once

#include "nvinfer1/macros.h"

namespace tenon {

/// Builds and engines from now on guard "plugins" (or "1"), "all" layers of engines, or nobody
/// ("off", "0"); null returns to what TENON_GUARD in the environment says, which takes the same
/// words. False, changing nothing, for any other text.
///
/// A guarded layer runs on copies of its tensors that lie between red zones, three times and more
/// for each run of the engine. One that reads or writes outside its tensors, changes an input,
/// leaves an output unwritten, gives other results when it runs again or when a clone does, or
/// loses something when it is serialized, fails the run; in a build its kernel is refused. The
/// reason names node, plugin, tensor, byte and phase. One that allocates while it runs is warned
/// of. docs/plugin_faults.md tells what is seen where, and what it costs. Thread-safe.
TENSORRTAPI bool set_guard(char const* whom) noexcept;

}  // namespace tenon
