// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Counts heap allocations of the whole process, for tests that promise none.
#pragma once

#include <cstddef>

namespace tenon {

/// Calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and operator new so far, by all
/// threads. Under sanitizers, which own malloc, of operator new alone.
size_t allocations() noexcept;

}  // namespace tenon
