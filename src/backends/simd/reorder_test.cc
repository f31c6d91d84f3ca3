// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every pair of layouts against kernel::offset, element by element.
#include "backends/simd/reorder.h"

#include <gtest/gtest.h>

#include <cstring>

#include "backends/simd/register.h"

namespace tenon::simd {
namespace {

using kernel::Layout;

/// Calls f with the row-major number and the index of every element.
template <class F>
void for_each_index(const Dims& dims, const F& f) {
  for (int64_t i = 0; i < dims.volume(); ++i) {
    Dims index = dims;
    int64_t rest = i;
    for (int axis = dims.rank() - 1; axis >= 0; --axis) {
      index[axis] = rest % dims[axis];
      rest /= dims[axis];
    }
    f(i, index);
  }
}

std::vector<uint8_t> stored(const Layout& layout, const Dims& dims, DType dtype) {
  const size_t size = byte_size(dtype, 1);
  std::vector<uint8_t> bytes(static_cast<size_t>(storage_bytes(layout, dims, dtype)));
  for_each_index(dims, [&](int64_t i, const Dims& index) {
    const uint64_t value = static_cast<uint64_t>(i + 1) * 0x9E3779B97F4A7C15U;
    std::memcpy(bytes.data() + static_cast<size_t>(offset(layout, dims, index)) * size, &value,
                size);
  });
  return bytes;
}

void expect_reorder(const Dims& dims, DType dtype, const Layout& from, const Layout& to) {
  const std::vector<uint8_t> in = stored(from, dims, dtype), expected = stored(to, dims, dtype);
  std::vector<uint8_t> out(expected.size(), 0xAA);
  kernel::Registry registry;
  register_kernels(registry);
  CollectingSink sink;
  Diagnostics diag(sink);
  const kernel::TensorDesc source{dtype, from, dims, 0}, target{dtype, to, dims, 0};
  const kernel::RecordHolder holder(make_reorder(dtype, from, to, 2), "r", {&source, 1},
                                    {&target, 1});
  auto loaded = kernel::load(registry, holder.view(), diag);
  ASSERT_TRUE(loaded.ok()) << sink.errors();
  auto instance = (*loaded)->create_instance({});
  ASSERT_TRUE((*instance)->on_shapes({&source, 1}, {&target, 1}).ok());
  const void* input = in.data();
  void* output = out.data();
  ASSERT_TRUE((*instance)->run({&source, &target, &input, &output, nullptr, nullptr}).ok());
  EXPECT_TRUE(out == expected) << to_string(from) << " to " << to_string(to) << " of "
                               << to_string(dims) << " " << tenon::to_string(dtype);
}

TEST(SimdReorder, ChangesBetweenAllLayouts) {
  const Layout layouts[] = {Layout::linear(), Layout::chw(4),  Layout::chw(8),
                            Layout::chw(16),  Layout::chw(32), Layout::hwc(),
                            Layout::hwc(8),   Layout::hwc(16), Layout::chw(2)};
  for (const Layout& from : layouts) {
    for (const Layout& to : layouts) {
      for (const DType dtype : {DType::I8, DType::F16, DType::F32, DType::I64}) {
        expect_reorder({2, 21, 5, 7}, dtype, from, to);
        expect_reorder({2, 3, 11, 13}, dtype, from, to);
      }
      expect_reorder({1, 64, 13, 11}, DType::F32, from, to);
      expect_reorder({3, 4, 4}, DType::F32, from, to);
    }
  }
}

TEST(SimdReorder, ChangesVolumes) {
  expect_reorder({2, 5, 3, 4, 6}, DType::F32, Layout::linear(), Layout::hwc(8, 4));
  expect_reorder({2, 5, 3, 4, 6}, DType::F32, Layout::chw(4, 4), Layout::hwc(1, 4));
}

TEST(SimdReorder, SaysWhyNot) {
  Layout own;
  own.private_id = 7;
  EXPECT_EQ(refuse_reorder(DType::F32, own, Layout::linear()),
            "only their owners read and write private layouts (private(7) to linear)");
  EXPECT_NE(refuse_reorder(DType::I4, Layout::linear(), Layout::hwc()), "");
  EXPECT_NE(refuse_reorder(DType::F32, Layout::hwc(), Layout::hwc(1, 4)), "");
  EXPECT_EQ(refuse_reorder(DType::F32, Layout::hwc(8), Layout::chw(16)), "");
}

}  // namespace
}  // namespace tenon::simd
