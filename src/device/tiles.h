// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The processor's tiles (AMX), which a process must ask for.
#pragma once

namespace tenon::device {

/// Asks the system to let this process use tiles; false where it refuses, or has none. Alternative
/// signal stacks must be larger from then on (AT_MINSIGSTKSZ). Thread-safe; asks once.
bool allow_tiles() noexcept;

}  // namespace tenon::device
