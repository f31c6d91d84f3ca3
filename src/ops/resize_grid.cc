// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Coordinates of resizing.
#include "ops/resize_grid.h"

#include <algorithm>
#include <cmath>

namespace tenon::ops {

double resize_coordinate(Coordinates coordinates, bool single_first, int64_t i, double scale,
                         int64_t from, int64_t to) noexcept {
  const auto at = static_cast<double>(i);
  const auto whole = static_cast<double>(from);
  if (single_first && to == 1) return 0;
  switch (coordinates) {
    case Coordinates::HalfPixel:
      return (at + 0.5) / scale - 0.5;
    case Coordinates::HalfPixelSymmetric: {
      const double adjustment = static_cast<double>(to) / (scale * whole);
      return whole / 2 * (1 - adjustment) + (at + 0.5) / scale - 0.5;
    }
    case Coordinates::AlignCorners: {
      const double length =
          scale * whole;  // with its fraction, as the operator's test data have it
      return to > 1 && length > 1 ? at * (whole - 1) / (length - 1) : 0;
    }
    case Coordinates::HalfPixelForNearest:
      return (at + 0.5) / scale;
    case Coordinates::Asymmetric:
      break;
  }
  return at / scale;
}

int64_t nearest_element(Rounding rounding, double coordinate, int64_t from) noexcept {
  double nearest = std::floor(coordinate);
  if (rounding == Rounding::Ceil) nearest = std::ceil(coordinate);
  if (rounding == Rounding::HalfDown) nearest = std::ceil(coordinate - 0.5);
  if (rounding == Rounding::HalfUp) nearest = std::floor(coordinate + 0.5);
  return static_cast<int64_t>(std::clamp(nearest, 0.0, static_cast<double>(from - 1)));
}

}  // namespace tenon::ops
