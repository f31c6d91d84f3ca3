// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Levels and the machines they are for.
#include "backends/simd/run/level.h"

#include <gtest/gtest.h>

#include "device/isa.h"

namespace tenon::simd {
namespace {

using device::Isa, device::isa_bit;

TEST(Level, IsTheBestThatAMachineHas) {
  const uint32_t avx2 =
      isa_bit(Isa::Sse42) | isa_bit(Isa::Avx2) | isa_bit(Isa::Fma) | isa_bit(Isa::F16c);
  EXPECT_EQ(best_level(0U), Level::Baseline);
  EXPECT_EQ(best_level(isa_bit(Isa::Avx2)), Level::Baseline) << "without FMA";
  EXPECT_EQ(best_level(avx2), Level::Avx2);
  EXPECT_EQ(best_level(avx2 | isa_bit(Isa::Avx512)), Level::Avx512);
  EXPECT_EQ(best_level(isa_bit(Isa::Neon)), Level::Neon);
}

TEST(Level, OfOneArchitectureIsNotThatOfAnother) {
  EXPECT_FALSE(has_level(Level::Avx2, isa_bit(Isa::Neon)));
  EXPECT_FALSE(has_level(Level::Neon, isa_of(Level::Avx512)));
  EXPECT_TRUE(has_level(Level::Baseline, isa_bit(Isa::Neon)));
  EXPECT_EQ(to_string(Level::Neon), "neon");
}

}  // namespace
}  // namespace tenon::simd
