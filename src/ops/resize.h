// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Another size by interpolation.
#pragma once

#include <optional>
#include <vector>

#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// Output extent over input extent of one axis, greater than 0.
struct Scale {
  float value = 1;
  static constexpr auto fields() { return std::tuple{Field{"value", &Scale::value}}; }
};

/// x sampled at other places along every axis whose extent changes; linear and cubic for floating
/// types alone. Element i of an axis falls on a coordinate of the input by `coordinates`, with the
/// axis's scale or, where no scales are given, the ratio of the extents. Elements beyond the edge
/// count as those of the edge. Source: ONNX operator Resize.
struct Resize {
  ResizeMode mode = ResizeMode::Nearest;
  Coordinates coordinates = Coordinates::Asymmetric;
  Rounding rounding = Rounding::Floor;  ///< of coordinates, for the nearest element
  bool single_first = false;            ///< an axis of output extent 1 shows element 0
  bool exclude_outside = false;  ///< elements beyond the edge have no weight, the others more
  float cubic_coefficient = -0.75F;
  std::vector<Scale> scales;  ///< one an axis, or none
  expr::Shape target;         ///< the output's shape

  static constexpr auto fields() {
    return std::tuple{Field{"mode", &Resize::mode},
                      Field{"coordinates", &Resize::coordinates},
                      Field{"rounding", &Resize::rounding},
                      Field{"single_first", &Resize::single_first},
                      Field{"exclude_outside", &Resize::exclude_outside},
                      Field{"cubic_coefficient", &Resize::cubic_coefficient},
                      Field{"scales", &Resize::scales},
                      Field{"target", &Resize::target}};
  }
};
Status infer(const Resize& op, Inference& inference);

/// floor(extent · scale). Nothing when the extent is no number and the scale no simple fraction, or
/// the result does not fit.
std::optional<expr::Expr> scaled_extent(const expr::Expr& extent, double scale);

/// The coordinate in the input that element `i` of an axis falls on. `scale` > 0.
double resize_coordinate(const Resize& op, int64_t i, double scale, int64_t from,
                         int64_t to) noexcept;
/// The element next to a coordinate, within the axis.
int64_t nearest_element(Rounding rounding, double coordinate, int64_t from) noexcept;

}  // namespace tenon::ops
