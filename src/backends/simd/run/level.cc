// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which level a target has.
#include "backends/simd/run/level.h"

namespace tenon::simd {

namespace {

constexpr uint32_t isa_bit(device::Isa isa) noexcept { return 1U << static_cast<unsigned>(isa); }

}  // namespace

uint32_t isa_of(Level level) noexcept {
  using device::Isa;
  constexpr uint32_t kAvx2 = isa_bit(Isa::Avx2) | isa_bit(Isa::Fma) | isa_bit(Isa::F16c);
  switch (level) {
    case Level::Avx2:
      return kAvx2;
    case Level::Avx512:
      return kAvx2 | isa_bit(Isa::Avx512);
    case Level::Neon:
      return isa_bit(Isa::Neon);
    case Level::Baseline:
      break;
  }
  return 0;
}

bool has_level(Level level, uint32_t isa) noexcept { return (isa_of(level) & ~isa) == 0; }

Level best_level(uint32_t isa) noexcept {
  for (Level level : {Level::Avx512, Level::Avx2, Level::Neon}) {
    if (has_level(level, isa)) return level;
  }
  return Level::Baseline;
}

std::string_view to_string(Level level) noexcept {
  constexpr std::string_view kNames[kLevels] = {"baseline", "avx2", "avx512", "neon"};
  return kNames[static_cast<int>(level)];
}

}  // namespace tenon::simd
