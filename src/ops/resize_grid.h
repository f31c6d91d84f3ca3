// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which input element an output element of a resizing shows.
#pragma once

#include <cstdint>

#include "ops/enums.h"

namespace tenon::ops {

/// The coordinate in the input that element `i` of an axis falls on. `scale` > 0.
double resize_coordinate(Coordinates coordinates, bool single_first, int64_t i, double scale,
                         int64_t from, int64_t to) noexcept;
/// The element next to a coordinate, within the axis.
int64_t nearest_element(Rounding rounding, double coordinate, int64_t from) noexcept;

}  // namespace tenon::ops
