// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Counts what the program allocates.
#pragma once

#include <cstdint>

namespace tenon::conformance {

/// Calls of operator new so far, in all threads.
uint64_t allocations() noexcept;

}  // namespace tenon::conformance
