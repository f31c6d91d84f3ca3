// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Damaged engine files: cut at every length, bits flipped, with and without fitting checksums. Each
// is refused with a sentence or runs; none makes a read or write out of bounds.
#include <gtest/gtest.h>

#include <cstring>

#include "plan/checksum.h"
#include "plan/view.h"
#include "test/faults/damage.h"
#include "test/faults/toy_engine.h"

namespace tenon::faults {
namespace {

Outcome try_toy(std::span<const std::byte> bytes) {
  return try_engine(bytes, toy::Loaders(), device::Target{});
}

TEST(EngineFile, RunsWhenUndamaged) {
  const Outcome outcome = try_toy(toy::make_engine());
  EXPECT_TRUE(outcome.ran) << outcome.words;
}

TEST(EngineFile, IsRefusedWithASentenceWhenCutAnywhere) {
  const Bytes file = toy::make_engine();
  for (size_t length = 0; length < file.size(); ++length) {
    const Outcome outcome = try_toy(std::span(file).first(length));
    ASSERT_FALSE(outcome.ran) << length;
    ASSERT_FALSE(outcome.words.empty()) << length;
  }
}

TEST(EngineFile, IsRefusedWhenCutAnywhereThoughChecksumsAndSizeFit) {
  const Bytes file = toy::make_engine();
  for (size_t length = plan::kTableEnd; length < file.size(); ++length) {
    Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    const uint64_t size = length;
    std::memcpy(cut.data() + offsetof(plan::Header, file_bytes), &size, sizeof(size));
    plan::repair_checksums(cut);
    ASSERT_FALSE(try_toy(cut).ran) << length;
  }
}

TEST(EngineFile, SurvivesTenThousandFlippedBits) {
  Tally raw, repaired;
  flip_bits(toy::make_engine(), 10000, 20240607, [&](uint64_t bit, bool fits, const Bytes& file) {
    const Outcome outcome = try_toy(file);
    EXPECT_TRUE(outcome.ran || !outcome.words.empty()) << "bit " << bit;
    Tally& tally = fits ? repaired : raw;
    ++(outcome.ran ? tally.ran : tally.refused);
    return !testing::Test::HasFailure();
  });
  EXPECT_EQ(raw.ran + raw.refused, 10000);
  // Only weights are not covered by default: they are a small part of this file.
  EXPECT_GT(raw.refused, 9000);
  EXPECT_GT(repaired.refused, 1000);
  EXPECT_GT(repaired.ran, 1000);
}

TEST(EngineFile, ShowsEveryFlippedBitWhenWeightsAreVerified) {
  const Bytes file = toy::make_engine();
  AlignedBuffer copy(file.size());
  std::memcpy(copy.data(), file.data(), file.size());
  ASSERT_TRUE(plan::View::open(copy.bytes(), {.verify_weights = true}).ok());
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    copy.data()[bit / 8] ^= std::byte{1} << (bit % 8);
    ASSERT_FALSE(plan::View::open(copy.bytes(), {.verify_weights = true}).ok()) << "bit " << bit;
    copy.data()[bit / 8] ^= std::byte{1} << (bit % 8);
  }
}

}  // namespace
}  // namespace tenon::faults
