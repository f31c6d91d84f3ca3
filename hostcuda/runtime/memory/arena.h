// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Address space of the device's own: what lies in it was never anything else's, so that a freed
// address stays recognisable, and the heap of the program never meets it.
#pragma once

#include <cstddef>

namespace hostcuda {

/// Memory of `size` bytes, a multiple of kAlignment above 0; null when the machine has no more. Its
/// contents are anything. Any thread.
void* arena_take(std::size_t size) noexcept;

/// Gives back what arena_take(size) gave. Large stretches go back to the machine. A program built
/// with AddressSanitizer hears of it when it touches them afterwards. Any thread.
void arena_give(void* memory, std::size_t size) noexcept;

/// Whether the address is one the arena has ever given out. Any thread.
bool arena_holds(const void* address) noexcept;

}  // namespace hostcuda
