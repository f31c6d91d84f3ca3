// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Timing caches keep what was measured, and trust no bytes.
#include "tune/timing_cache.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace tenon::tune {
namespace {

const WorkKey kConv = make_work_key("convolution");
const WorkKey kPool = make_work_key("pooling");

TimingCache filled() {
  TimingCache cache("machine A");
  cache.insert(kConv, {7, 2.5F, "simd/convolution@1"});
  cache.insert(kConv, {3, 1.5F, "dnnl/convolution@1"});
  cache.insert(kPool, {1, 0.25F, "simd/pooling@1"});
  return cache;
}

struct TimingCacheTest : testing::Test {
  CollectingSink sink;
  Diagnostics diag{sink};
};

TEST_F(TimingCacheTest, FindsWhatWasInserted) {
  const TimingCache cache = filled();
  EXPECT_EQ(cache.find(kConv, 7), 2.5F);
  EXPECT_EQ(cache.find(kConv, 8), std::nullopt);
  EXPECT_EQ(cache.find(make_work_key("other"), 7), std::nullopt);
  ASSERT_NE(cache.best(kConv), nullptr);
  EXPECT_EQ(cache.best(kConv)->text, "dnnl/convolution@1");
  EXPECT_EQ(cache.keys().size(), 2U);
}

TEST_F(TimingCacheTest, SurvivesSavingAndGivesEqualBytesForEqualContents) {
  const TimingCache cache = filled();
  TimingCache other("machine A");
  other.insert(kPool, {1, 0.25F, "simd/pooling@1"});
  other.insert(kConv, {3, 1.5F, "dnnl/convolution@1"});
  other.insert(kConv, {7, 2.5F, "simd/convolution@1"});
  EXPECT_EQ(cache.save(), other.save());

  const auto loaded = TimingCache::load(cache.save(), "machine A", false, diag);
  ASSERT_TRUE(loaded.ok()) << sink.errors();
  EXPECT_EQ(loaded->save(), cache.save());
}

TEST_F(TimingCacheTest, RefusesAnotherMachineUnlessAskedToIgnoreIt) {
  const Bytes bytes = filled().save();
  EXPECT_EQ(TimingCache::load(bytes, "machine B", false, diag).status().code, Code::Unsupported);
  EXPECT_NE(sink.errors().find("machine A"), std::string::npos);
  EXPECT_NE(sink.errors().find("machine B"), std::string::npos);
  const auto forced = TimingCache::load(bytes, "machine B", true, diag);
  ASSERT_TRUE(forced.ok());
  EXPECT_EQ(forced->find(kConv, 3), 1.5F);
  EXPECT_EQ(forced->fingerprint(), "machine B");
}

TEST_F(TimingCacheTest, RefusesEveryTruncationAndEveryFlippedByte) {
  const Bytes good = filled().save();
  for (size_t length = 1; length < good.size(); ++length) {
    EXPECT_FALSE(TimingCache::load(std::span(good).first(length), "machine A", false, diag).ok());
  }
  for (size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= std::byte{0x10};
    EXPECT_FALSE(TimingCache::load(bad, "machine A", false, diag).ok()) << i;
  }
}

TEST_F(TimingCacheTest, LivesThroughHostileBytesWithARightChecksum) {
  const Bytes good = filled().save();
  for (size_t i = 16; i < good.size(); ++i) {
    for (const std::byte value : {std::byte{0}, std::byte{0x7f}, std::byte{0xff}}) {
      Bytes bad = good;
      bad[i] = value;
      const uint64_t checksum = hash64(std::span(bad).subspan(16));
      std::memcpy(bad.data() + 8, &checksum, sizeof checksum);
      const auto loaded = TimingCache::load(bad, "machine A", true, diag);
      if (!loaded.ok()) continue;
      for (const WorkKey& key : loaded->keys()) {
        for (const WorkTime& time : loaded->ways(key)) EXPECT_GE(time.ms, 0);
      }
    }
  }
}

TEST_F(TimingCacheTest, MergesWhatItLacksAndKeepsItsOwn) {
  TimingCache mine("machine A");
  mine.insert(kConv, {3, 9.0F, "dnnl/convolution@1"});
  ASSERT_TRUE(mine.merge(filled(), false, diag).ok());
  EXPECT_EQ(mine.find(kConv, 3), 9.0F);
  EXPECT_EQ(mine.find(kConv, 7), 2.5F);
  EXPECT_EQ(mine.find(kPool, 1), 0.25F);

  TimingCache stranger("machine B");
  EXPECT_FALSE(stranger.merge(filled(), false, diag).ok());
  EXPECT_EQ(stranger.size(), 0U);
  EXPECT_TRUE(stranger.merge(filled(), true, diag).ok());
  EXPECT_EQ(stranger.size(), 2U);
}

TEST_F(TimingCacheTest, KeepsPinsThroughSaving) {
  TimingCache cache = filled();
  cache.pin(kConv, 7, 5.0F);
  const auto loaded = TimingCache::load(cache.save(), "machine A", false, diag);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->pinned(kConv), 7U);
  EXPECT_EQ(loaded->best(kConv)->way, 7U);
  EXPECT_EQ(loaded->best(kConv)->ms, 5.0F);
  EXPECT_EQ(loaded->pinned(kPool), std::nullopt);
}

}  // namespace
}  // namespace tenon::tune
