// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing against numbers worked out by hand and against its definition.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

using ops::Coordinates;
using ops::Resize;
using ops::ResizeMode;

Resize resize_to(ResizeMode mode, Coordinates coordinates, const Dims& out) {
  Resize op;
  op.mode = mode;
  op.coordinates = coordinates;
  op.target = expr::to_shape(out);
  return op;
}

/// Element (y, x) of a plane, the edge beyond the edges.
float at(const TestTensor& image, int64_t plane, int64_t y, int64_t x) {
  const int rank = image.dims.rank();
  const int64_t rows = image.dims[rank - 2], columns = image.dims[rank - 1];
  y = std::clamp<int64_t>(y, 0, rows - 1);
  x = std::clamp<int64_t>(x, 0, columns - 1);
  return image[(plane * rows + y) * columns + x];
}

TestTensor expected(const Resize& op, const TestTensor& in, const Dims& out) {
  const int rank = out.rank();
  const int64_t rows = out[rank - 2], columns = out[rank - 1];
  TestTensor y{out, std::vector<float>(static_cast<size_t>(out.volume()))};
  for (int64_t i = 0; i < out.volume(); ++i) {
    const int64_t plane = i / (rows * columns);
    double place[2];
    for (const int axis : {0, 1}) {
      const int64_t from = in.dims[rank - 2 + axis], to = out[rank - 2 + axis];
      const int64_t index = axis == 0 ? i / columns % rows : i % columns;
      const double scale = static_cast<double>(to) / static_cast<double>(from);
      place[axis] = ops::resize_coordinate(op, index, scale, from, to);
    }
    float& value = y.values[static_cast<size_t>(i)];
    if (op.mode == ResizeMode::Nearest) {
      value = at(in, plane, ops::nearest_element(op.rounding, place[0], in.dims[rank - 2]),
                 ops::nearest_element(op.rounding, place[1], in.dims[rank - 1]));
      continue;
    }
    const auto top = static_cast<int64_t>(std::floor(place[0]));
    const auto left = static_cast<int64_t>(std::floor(place[1]));
    const double down = place[0] - std::floor(place[0]), right = place[1] - std::floor(place[1]);
    const double upper = double{at(in, plane, top, left)} * (1 - right) +
                         double{at(in, plane, top, left + 1)} * right;
    const double lower = double{at(in, plane, top + 1, left)} * (1 - right) +
                         double{at(in, plane, top + 1, left + 1)} * right;
    value = static_cast<float>(upper * (1 - down) + lower * down);
  }
  return y;
}

TEST(SimdResize, RepeatsTheNearestElement) {
  const TestTensor in{{1, 1, 2, 2}, {1, 2, 3, 4}};
  const Dims out = {1, 1, 4, 6};
  const TestTensor y{out, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4}};
  expect_every_way(resize_to(ResizeMode::Nearest, Coordinates::Asymmetric, out), {in}, y, 0);
}

TEST(SimdResize, AgreesWithItsDefinition) {
  struct Case {
    Dims in, out;
  };
  const Case cases[] = {{{2, 19, 5, 7}, {2, 19, 10, 14}}, {{1, 3, 8, 40}, {1, 3, 20, 100}},
                        {{1, 16, 9, 11}, {1, 16, 4, 37}}, {{3, 6}, {7, 6}},
                        {{2, 4, 1, 33}, {2, 4, 3, 1}},    {{1, 2, 31, 3}, {1, 2, 3, 65}},
                        {{1, 20, 6, 6}, {1, 20, 6, 6}}};
  for (const Case& one : cases) {
    for (const ResizeMode mode : {ResizeMode::Nearest, ResizeMode::Linear}) {
      for (const Coordinates coordinates :
           {Coordinates::Asymmetric, Coordinates::HalfPixel, Coordinates::AlignCorners}) {
        const Resize op = resize_to(mode, coordinates, one.out);
        const TestTensor in = noise(one.in, 3);
        expect_every_way(op, {in}, expected(op, in, one.out), 1e-6);
      }
    }
  }
}

TEST(SimdResize, GivenScalesCountEvenWhereExtentsAgree) {
  Resize op = resize_to(ResizeMode::Linear, Coordinates::HalfPixel, {1, 2, 5, 5});
  op.scales = {{1}, {1}, {1}, {1.1F}};
  const TestTensor in = noise({1, 2, 5, 5}, 4);
  TestTensor y = in;
  for (int64_t i = 0; i < 50; ++i) {
    const double x = (static_cast<double>(i % 5) + 0.5) / double{1.1F} - 0.5;
    const auto left = static_cast<int64_t>(std::floor(x));
    const double right = x - std::floor(x);
    y.values[static_cast<size_t>(i)] =
        static_cast<float>(double{at(in, i / 25, i / 5 % 5, left)} * (1 - right) +
                           double{at(in, i / 25, i / 5 % 5, left + 1)} * right);
  }
  expect_every_way(op, {in}, y, 1e-6);
}

TEST(SimdResize, OtherAxesAreLeftToOthers) {
  const Resize op = resize_to(ResizeMode::Nearest, Coordinates::Asymmetric, {1, 4, 5, 5});
  const int ways = for_every_way(op, {noise({1, 2, 5, 5}, 5)}, {1, 4, 5, 5}, Level::Baseline, {1},
                                 [](const Way&) {});
  EXPECT_EQ(ways, 0);
}

}  // namespace
}  // namespace tenon::simd
