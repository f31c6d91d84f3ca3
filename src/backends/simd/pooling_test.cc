// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Poolings in every way against windows walked one by one.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

using ops::PoolingKind;

/// Maximum or mean of one window.
float window(const ops::Pooling& op, const TestTensor& x, int64_t plane, int64_t oy, int64_t ox) {
  const int64_t height = x.dims[2], width = x.dims[3];
  double sum = 0, most = -INFINITY;
  int64_t inside = 0, counted = 0;
  for (int64_t ky = 0; ky < op.kernel[0]; ++ky) {
    for (int64_t kx = 0; kx < op.kernel[1]; ++kx) {
      const int64_t y = oy * op.strides[0] - op.pads_begin[0] + ky * op.dilations[0];
      const int64_t xx = ox * op.strides[1] - op.pads_begin[1] + kx * op.dilations[1];
      counted += y < height + op.pads_end[0] && xx < width + op.pads_end[1];
      if (y < 0 || y >= height || xx < 0 || xx >= width) continue;
      const double value = x[(plane * height + y) * width + xx];
      most = std::max(most, value);
      sum += value;
      ++inside;
    }
  }
  if (op.kind == PoolingKind::Max) return static_cast<float>(most);
  return static_cast<float>(sum / static_cast<double>(op.count_include_pad ? counted : inside));
}

void expect_right(const ops::Pooling& op, const Dims& in) {
  const TestTensor x = noise(in, 1);
  TestTensor y{in, {}};
  for (int i = 0; i < 2; ++i) {
    const int64_t reach = (op.kernel[i] - 1) * op.dilations[i] + 1;
    const int64_t room = in[i + 2] + op.pads_begin[i] + op.pads_end[i] - reach;
    int64_t count = room / op.strides[i] + 1;
    if (op.ceil_mode && room % op.strides[i] != 0 &&
        count * op.strides[i] < in[i + 2] + op.pads_begin[i]) {
      ++count;
    }
    y.dims[i + 2] = count;
  }
  for (int64_t i = 0; i < y.dims.volume(); ++i) {
    const int64_t ox = i % y.dims[3], oy = i / y.dims[3] % y.dims[2];
    y.values.push_back(window(op, x, i / y.dims[3] / y.dims[2], oy, ox));
  }
  expect_every_way(op, {x}, y);
}

ops::Pooling square(PoolingKind kind, int64_t kernel, int64_t stride, int64_t before = 0,
                    int64_t after = 0) {
  return {.kind = kind,
          .kernel = {kernel, kernel},
          .strides = {stride, stride},
          .pads_begin = {before, before},
          .pads_end = {after, after},
          .dilations = {1, 1}};
}

TEST(SimdPooling, PoolsEitherWay) {
  for (const PoolingKind kind : {PoolingKind::Max, PoolingKind::Average}) {
    expect_right(square(kind, 2, 2), {1, 20, 24, 24});
    expect_right(square(kind, 2, 2), {2, 3, 9, 71});
    expect_right(square(kind, 3, 3), {1, 16, 14, 14});
    expect_right(square(kind, 3, 2, 1, 1), {1, 5, 15, 40});
    expect_right(square(kind, 3, 1, 1, 1), {1, 19, 8, 8});
    expect_right(square(kind, 5, 4, 2, 1), {1, 2, 21, 37});
    expect_right(square(kind, 7, 7), {1, 33, 7, 7});
  }
}

TEST(SimdPooling, KeepsToDilationCeilingAndCounting) {
  for (const PoolingKind kind : {PoolingKind::Max, PoolingKind::Average}) {
    ops::Pooling op = square(kind, 3, 2, 1, 1);
    op.dilations = {2, 1};
    expect_right(op, {1, 4, 12, 19});
    op.dilations = {1, 1};
    op.ceil_mode = true;
    expect_right(op, {1, 4, 12, 19});
    op.count_include_pad = true;
    expect_right(op, {1, 4, 12, 19});
    op.strides = {3, 1};
    expect_right(op, {1, 17, 12, 18});
  }
}

}  // namespace
}  // namespace tenon::simd
