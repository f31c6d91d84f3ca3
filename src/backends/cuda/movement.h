// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements that only move: what the kernels of copy.cu are launched with.
#pragma once

#include "backends/cuda/axes.h"
#include "backends/cuda/launch.h"

namespace tenon::cuda {

/// One copy along axes: strides[0] of the source, strides[1] of the destination; both begin
/// `first` elements behind their places.
struct Move {
  AxisWalk walk;
  size_t input = 0;
  int64_t first_from = 0, first_to = 0;
};

/// Appends what does it: a plain copy, a turning over of matrices, or a copy by strides in the
/// widest units that the extents allow. kUnlikeShapes for too many axes.
Status plan_move(Move move, DType dtype, bool aligned, std::vector<Launch>& launches);

/// The text of copy.cu for elements of a type. `pads`, `reorders`: with those kernels.
std::string move_text(DType dtype, bool pads, bool reorders);

}  // namespace tenon::cuda
