// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one place that includes xxHash.
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tenon {

uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace tenon
