// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a tensor descriptor holds, and tensors walked row by row.
#pragma once

#include <cudnn.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hostcuda/numeric/row.h"

struct cudnnTensorStruct {
  cudnnDataType_t type = CUDNN_DATA_FLOAT;
  int rank = 0;  // zero until it is set
  std::array<int, CUDNN_DIM_MAX> dims{};
  std::array<int, CUDNN_DIM_MAX> strides{};
};

namespace hostcuda::cudnn {

/// A descriptor's content when the call was made: the descriptor may change or go before the work
/// runs.
using Tensor = cudnnTensorStruct;

/// The format of its elements; nothing for those that no call computes with.
std::optional<Number> number_of(cudnnDataType_t type);

/// "CUDNN_DATA_HALF", or the number where it has no name.
std::string type_name(cudnnDataType_t type);

/// "2x3x4x5".
std::string shape_name(const Tensor& tensor);

/// Do two tensors have the same sizes?
bool same_shape(const Tensor& a, const Tensor& b);

/// Can `small` be repeated to the sizes of `large`: the same rank, and each size the same or one?
bool repeats_to(const Tensor& small, const Tensor& large);

/// Elements of a tensor.
std::int64_t count_of(const Tensor& tensor);

/// The steps of `small` along the axes of `large`: zero where it is repeated.
std::array<std::int64_t, CUDNN_DIM_MAX> steps_of(const Tensor& small, const Tensor& large);

/// One row of several tensors at once: where it begins in each and its steps, in elements.
struct Row {
  std::int64_t count;
  const std::int64_t* first;
  const std::int64_t* steps;
};

inline constexpr int kWalked = 3;

/// The way over `dims` of up to kWalked tensors whose steps along each axis are given. Axes that
/// can be one are made one, and rows run along the axis where the last tensor's step is least.
class Walk {
 public:
  using Steps = std::array<std::int64_t, CUDNN_DIM_MAX>;
  Walk(int rank, const std::array<int, CUDNN_DIM_MAX>& dims, std::initializer_list<Steps> tensors);

  /// Calls `body` for every row, of at most kRow elements.
  void each(const std::function<void(const Row&)>& body) const;

  static constexpr std::int64_t kRow = 512;

 private:
  void merge(int axis);

  int tensors_ = 0;
  int rank_ = 0;
  std::array<std::int64_t, CUDNN_DIM_MAX> dims_{};
  std::array<std::array<std::int64_t, kWalked>, CUDNN_DIM_MAX> steps_{};  // [axis][tensor]
};

}  // namespace hostcuda::cudnn
