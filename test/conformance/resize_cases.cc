// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing: every mode, coordinate rule and rounding, up and down.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::Coordinates;
using ops::Resize;
using ops::ResizeMode;

constexpr Coordinates kAllCoordinates[] = {
    Coordinates::Asymmetric, Coordinates::HalfPixel, Coordinates::AlignCorners,
    Coordinates::HalfPixelForNearest, Coordinates::HalfPixelSymmetric};
constexpr ops::Rounding kAllRoundings[] = {ops::Rounding::Floor, ops::Rounding::Ceil,
                                           ops::Rounding::HalfDown, ops::Rounding::HalfUp};

Resize to(Dims target, ResizeMode mode = ResizeMode::Nearest) {
  Resize op;
  op.mode = mode;
  op.target = expr::to_shape(target);
  return op;
}

}  // namespace

void add_resizes(Cases cases) {
  for (const Coordinates coordinates : kAllCoordinates) {
    const std::string rule(to_string(coordinates));
    for (const ops::Rounding rounding : kAllRoundings) {
      Resize op = to({1, 2, 7, 12});
      op.coordinates = coordinates;
      op.rounding = rounding;
      cases.add("nearest " + rule + " " + std::string(to_string(rounding)), op)
          .input({1, 2, 5, 30});
    }
    for (const ResizeMode mode : {ResizeMode::Linear, ResizeMode::Cubic}) {
      const std::string name = std::string(to_string(mode)) + " " + rule;
      Resize op = to({2, 3, 9, 5}, mode);
      op.coordinates = coordinates;
      cases.add(name, op).input({2, 3, 4, 11});
      op.exclude_outside = true;
      cases.add(name + " without the outside", op).input({2, 3, 4, 11});
      op.scales = {{1}, {1}, {2.3F}, {0.5F}};
      cases.add(name + " by scales", op).input({2, 3, 4, 11});
    }
  }
  Resize single = to({1, 1, 1, 1}, ResizeMode::Linear);
  single.coordinates = Coordinates::HalfPixel;
  cases.add("to a single element", single).input({1, 1, 6, 7});
  single.single_first = true;
  cases.add("to the first element", single).input({1, 1, 6, 7});
  cases.add("nearest u8", to({3, 8})).input({6, 4}, DType::U8);
  cases.add("nearest i64", to({3, 8})).input({6, 4}, DType::I64);
  cases.add("linear f16", to({3, 8}, ResizeMode::Linear)).input({6, 4}, DType::F16);
  cases.add("linear over all of four axes", to({3, 4, 5, 6}, ResizeMode::Linear))
      .input({2, 3, 4, 5});
  cases.add("to nothing", to({0, 8})).input({6, 4});
}

}  // namespace tenon::conformance
