// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layouts put every element somewhere of its own.
#include "kernel/layout.h"

#include <gtest/gtest.h>

#include <set>

namespace tenon::kernel {
namespace {

const Layout kAll[] = {Layout::linear(), Layout::hwc(),     Layout::hwc(8),    Layout::chw(4),
                       Layout::chw(16),  Layout::hwc(1, 4), Layout::chw(32, 4)};

TEST(Layout, GivesEveryElementAPlaceOfItsOwn) {
  const Dims dims{2, 5, 3, 4};
  for (const Layout& layout : kAll) {
    ASSERT_TRUE(fits(layout, 4));
    std::set<int64_t> places;
    for (int64_t i = 0; i < dims.volume(); ++i) {
      const Dims index{i / 60, i / 12 % 5, i / 4 % 3, i % 4};
      places.insert(offset(layout, dims, index));
    }
    EXPECT_EQ(static_cast<int64_t>(places.size()), dims.volume()) << to_string(layout);
    EXPECT_GE(*places.begin(), 0);
    EXPECT_LT(*places.rbegin(), storage_elements(layout, dims)) << to_string(layout);
  }
}

TEST(Layout, PadsChannelsToWholeVectors) {
  EXPECT_EQ(storage_elements(Layout::chw(16), {1, 20, 2, 2}), 32 * 4);
  EXPECT_EQ(storage_elements(Layout::hwc(8), {1, 3, 2, 2}), 8 * 4);
  EXPECT_EQ(storage_bytes(Layout::linear(), {3}, DType::F32), 12);
}

TEST(Layout, PadsNothingWhereTheChannelAxisIsMissing) {
  for (const uint32_t owner : {0U, 7U}) {
    for (const auto order : {Layout::Order::RowMajor, Layout::Order::ChannelsLast}) {
      const Layout layout{order, 4, 16, 0, owner};
      EXPECT_FALSE(fits(layout, 3));
      EXPECT_TRUE(fits(layout, 4));
      EXPECT_EQ(storage_elements(layout, {}), 1);
      EXPECT_EQ(storage_elements(layout, {2, 5, 3}), 30);
      EXPECT_EQ(storage_elements(layout, {2, 5, 3, 4}), 16 * 5 * 3 * 4);
    }
  }
  const Layout owned{Layout::Order::RowMajor, 3, 1, 0, 7};
  EXPECT_TRUE(fits(owned, 0));
  EXPECT_EQ(storage_elements(owned, {5}), 5);
}

TEST(Layout, FollowsTheInterfacesExample) {
  // Logical [1,10,3,4] as HWC8: strides of the vector-inserted shape are [192,8,1,64,16].
  const Dims dims{1, 10, 3, 4};
  EXPECT_EQ(offset(Layout::hwc(8), dims, {0, 9, 0, 0}), 9);
  EXPECT_EQ(offset(Layout::hwc(8), dims, {0, 0, 1, 0}), 64);
  EXPECT_EQ(offset(Layout::hwc(8), dims, {0, 0, 0, 1}), 16);
}

TEST(Layout, SaysWhatItIs) {
  EXPECT_EQ(to_string(Layout::chw(16)), "chw16");
  EXPECT_EQ(to_string(Layout::hwc()), "hwc");
  EXPECT_EQ(to_string(Layout::hwc(1, 4)), "dhwc");
  EXPECT_EQ(Layout::chw(1), Layout::linear());
  EXPECT_FALSE(fits(Layout::hwc(), 2));
}

}  // namespace
}  // namespace tenon::kernel
