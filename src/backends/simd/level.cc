// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which level a target has.
#include "backends/simd/level.h"

namespace tenon::simd {

bool has_level(Level level, const device::Target& target) noexcept {
  using device::Isa;
  const bool avx2 = target.has(Isa::Avx2) && target.has(Isa::Fma) && target.has(Isa::F16c);
  switch (level) {
    case Level::Baseline:
      return true;
    case Level::Avx2:
      return avx2;
    case Level::Avx512:
      return avx2 && target.has(Isa::Avx512);
  }
  return false;
}

Level best_level(const device::Target& target) noexcept {
  for (Level level : {Level::Avx512, Level::Avx2}) {
    if (has_level(level, target)) return level;
  }
  return Level::Baseline;
}

std::string_view to_string(Level level) noexcept {
  constexpr std::string_view kNames[kLevels] = {"baseline", "avx2", "avx512"};
  return kNames[static_cast<int>(level)];
}

}  // namespace tenon::simd
