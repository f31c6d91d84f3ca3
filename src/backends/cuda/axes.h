// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Axes that several tensors are walked along together.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/tensor_desc.h"

namespace tenon::cuda {

/// Outermost axis first; strides in elements, one list an operand.
struct AxisWalk {
  std::vector<int64_t> extents;
  std::vector<std::vector<int64_t>> strides;

  [[nodiscard]] size_t rank() const noexcept { return extents.size(); }
  [[nodiscard]] int64_t volume() const noexcept;
  /// Drops axes of one element, and joins neighbours that every operand walks as one.
  void merge();
  void remove(size_t axis);
};

/// Element strides of a tensor's axes. Vector layouts have none.
std::vector<int64_t> strides_of(const kernel::TensorDesc& desc);
/// The same for the axes of `to`, to which `desc` broadcasts as in NumPy: 0 along axes that it
/// does not have. False when it does not broadcast.
bool broadcast_strides(const kernel::TensorDesc& desc, const Dims& to,
                       std::vector<int64_t>& strides);
/// The axes of a tensor in the order in which they lie in memory, outermost first.
std::vector<int> memory_order(const kernel::TensorDesc& desc);

}  // namespace tenon::cuda
