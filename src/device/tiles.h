// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The processor's tiles (AMX), which a process must ask for.
#pragma once

namespace tenon::device {

/// True where the system would let a process use tiles that the processor has: a sandbox may not
/// know of them. Changes nothing.
bool tiles_are_offered() noexcept;

/// Asks the system to let this process use tiles; false where it refuses, or has none. Alternative
/// signal stacks must be larger from then on (AT_MINSIGSTKSZ). Thread-safe; asks once.
bool allow_tiles() noexcept;

}  // namespace tenon::device
