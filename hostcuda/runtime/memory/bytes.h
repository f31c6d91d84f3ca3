// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the memory of the device comes from: an arena, up to a limit.
#pragma once

#include <cstddef>

namespace hostcuda {

/// What every address of the device is a multiple of.
constexpr std::size_t kAlignment = 256;

/// Bytes the device has: HOSTCUDA_MEMORY ("512M", "8G", plain bytes) or the memory of the machine,
/// or of its control group where that is less. Read once. Any thread.
std::size_t memory_limit() noexcept;

/// Bytes of the device that are taken just now. Any thread.
std::size_t memory_used() noexcept;

/// Whether HOSTCUDA_POISON=1: fresh and freed memory is filled with bytes 0xFF, which are NaN in
/// every float format, and freed memory stays so for a while instead of serving others.
bool poisons() noexcept;

/// Memory of at least `size` > 0 bytes, charged to the limit; null when the limit or the machine
/// says no. Any thread.
void* take_bytes(std::size_t size) noexcept;

/// Gives back what take_bytes(size) gave. Any thread.
void give_bytes(void* memory, std::size_t size) noexcept;

/// Gives back all that is kept poisoned; cudaDeviceReset does. Any thread.
void flush_poisoned() noexcept;

/// Fills with the poison, if poisons(). Any thread.
void poison(void* memory, std::size_t size) noexcept;

}  // namespace hostcuda
