// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The instruction-set levels every loop of this backend is compiled for.
#pragma once

#include <cstdint>
#include <string_view>

#include "device/target.h"

namespace tenon::simd {

/// A record names the level it was built for; the run path indexes tables of functions by it and
/// never asks the processor. Numbers go into engine files: append, never reorder.
enum class Level : uint8_t {
  Baseline,  ///< what the compiler may assume of every machine: 128-bit vectors
  Avx2,      ///< AVX2 and FMA: 256-bit vectors
  Avx512,    ///< AVX-512 F, BW, DQ, VL, CD: 512-bit vectors
  Neon,      ///< 64-bit Arm: 128-bit vectors
};
inline constexpr int kLevels = 4;

/// The best level that runs with these device::Isa bits.
Level best_level(uint32_t isa) noexcept;
inline Level best_level(const device::Target& target) noexcept { return best_level(target.isa); }
/// True if code of this level runs with these device::Isa bits.
bool has_level(Level level, uint32_t isa) noexcept;
inline bool has_level(Level level, const device::Target& target) noexcept {
  return has_level(level, target.isa);
}
/// device::Isa bits that code of this level runs on.
uint32_t isa_of(Level level) noexcept;
/// f32 lanes of one vector.
constexpr int lanes(Level level) noexcept {
  return level == Level::Avx512 ? 16 : level == Level::Avx2 ? 8 : 4;
}
/// "baseline", "avx2", "avx512", "neon".
std::string_view to_string(Level level) noexcept;

}  // namespace tenon::simd
