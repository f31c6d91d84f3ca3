// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors taken apart: over some axes one position after another, over the others all elements of
// it.
#pragma once

#include <array>

#include "hostcuda/cudnn/tensor.h"

namespace hostcuda::cudnn {

/// Which axes belong together: true for those that are gathered at each position of the others.
using Gathered = std::array<bool, CUDNN_DIM_MAX>;

/// The sizes of one half: those of `tensor` on axes whose mark is `gathered`, one elsewhere.
inline std::array<int, CUDNN_DIM_MAX> half_dims(const Tensor& tensor, const Gathered& marks,
                                                bool gathered) {
  std::array<int, CUDNN_DIM_MAX> dims = tensor.dims;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(tensor.rank); ++axis) {
    dims[axis] = marks[axis] == gathered ? tensor.dims[axis] : 1;
  }
  return dims;
}

/// Calls body(a_first, b_first) for every position of the axes that are not gathered, where a and b
/// begin there. `b_steps` are those of the second tensor along a's axes.
template <typename Body>
void each_position(const Tensor& a, const Walk::Steps& b_steps, const Gathered& marks,
                   const Body& body) {
  const Walk positions(a.rank, half_dims(a, marks, false), {steps_of(a, a), b_steps});
  positions.each([&](const Row& row) {
    for (std::int64_t i = 0; i < row.count; ++i) {
      body(row.first[0] + i * row.steps[0], row.first[1] + i * row.steps[1]);
    }
  });
}

}  // namespace hostcuda::cudnn
