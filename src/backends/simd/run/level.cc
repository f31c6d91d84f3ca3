// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which level a target has.
#include "backends/simd/run/level.h"

namespace tenon::simd {

uint32_t isa_of(Level level) noexcept {
  using device::Isa;
  const auto bit = [](Isa isa) { return 1U << static_cast<unsigned>(isa); };
  uint32_t isa = 0;
  if (level >= Level::Avx2) isa |= bit(Isa::Avx2) | bit(Isa::Fma) | bit(Isa::F16c);
  if (level >= Level::Avx512) isa |= bit(Isa::Avx512);
  return isa;
}

bool has_level(Level level, uint32_t isa) noexcept { return (isa_of(level) & ~isa) == 0; }

Level best_level(uint32_t isa) noexcept {
  for (Level level : {Level::Avx512, Level::Avx2}) {
    if (has_level(level, isa)) return level;
  }
  return Level::Baseline;
}

std::string_view to_string(Level level) noexcept {
  constexpr std::string_view kNames[kLevels] = {"baseline", "avx2", "avx512"};
  return kNames[static_cast<int>(level)];
}

}  // namespace tenon::simd
