// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the fuzzer of the safe reader is given: a few wishes, then an engine file.
#pragma once

#include <cstdint>

namespace tenon::fuzz {

/// Stands before the engine file. All zero: as a careful program would do it.
struct Wishes {
  uint8_t flags = 0;
  uint8_t plugin = 0;        ///< 0: it does all right; else which of its calls fails
  uint16_t allocations = 0;  ///< how many succeed; 0: all
  uint32_t reserved = 0;
};
static_assert(sizeof(Wishes) == 8);

inline constexpr uint8_t kOwnScratch = 1, kClone = 2, kLibraryMemory = 4;

}  // namespace tenon::fuzz
