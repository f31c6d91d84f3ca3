// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a tensor descriptor holds, and tensors walked row by row.
#include "hostcuda/cudnn/tensor.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace hostcuda::cudnn {

std::optional<Number> number_of(cudnnDataType_t type) {
  switch (type) {
    case CUDNN_DATA_FLOAT:
      return Number::F32;
    case CUDNN_DATA_DOUBLE:
      return Number::F64;
    case CUDNN_DATA_HALF:
      return Number::F16;
    case CUDNN_DATA_BFLOAT16:
      return Number::Bf16;
    case CUDNN_DATA_INT8:
      return Number::S8;
    case CUDNN_DATA_UINT8:
      return Number::U8;
    case CUDNN_DATA_INT32:
      return Number::S32;
    default:
      return std::nullopt;
  }
}

std::string type_name(cudnnDataType_t type) {
  constexpr const char* kNames[] = {"FLOAT",  "DOUBLE",  "HALF",     "INT8",    "INT32",
                                    "INT8x4", "UINT8",   "UINT8x4",  "INT8x32", "BFLOAT16",
                                    "INT64",  "BOOLEAN", "FP8_E4M3", "FP8_E5M2"};
  const auto index = static_cast<std::size_t>(type);
  return index < std::size(kNames) ? std::string("CUDNN_DATA_") + kNames[index]
                                   : "cudnnDataType_t " + std::to_string(index);
}

std::string shape_name(const Tensor& tensor) {
  std::string text;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(tensor.rank); ++axis) {
    text += (axis == 0 ? "" : "x") + std::to_string(tensor.dims[axis]);
  }
  return text;
}

bool same_shape(const Tensor& a, const Tensor& b) {
  return a.rank == b.rank && std::equal(a.dims.begin(), a.dims.begin() + a.rank, b.dims.begin());
}

bool repeats_to(const Tensor& small, const Tensor& large) {
  return small.rank == large.rank &&
         std::equal(small.dims.begin(), small.dims.begin() + small.rank, large.dims.begin(),
                    [](int a, int b) { return a == b || a == 1; });
}

std::int64_t count_of(const Tensor& tensor) {
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(tensor.rank); ++axis) {
    count *= tensor.dims[axis];
  }
  return count;
}

Walk::Steps steps_of(const Tensor& small, const Tensor& large) {
  Walk::Steps steps{};
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(small.rank); ++axis) {
    steps[axis] = small.dims[axis] == 1 && large.dims[axis] != 1 ? 0 : small.strides[axis];
  }
  return steps;
}

Walk::Walk(int rank, const std::array<int, CUDNN_DIM_MAX>& dims,
           std::initializer_list<Steps> tensors)
    : tensors_(static_cast<int>(tensors.size())) {
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(rank); ++axis) {
    if (dims[axis] == 1) {
      continue;
    }
    const auto to = static_cast<std::size_t>(rank_++);
    dims_[to] = dims[axis];
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      steps_[to][i] = tensors.begin()[i][axis];
    }
  }
  // Slowest axis first, by the last tensor, which is the one that is written.
  std::array<std::size_t, CUDNN_DIM_MAX> order{};
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const std::size_t last = tensors.size() - 1;
  std::stable_sort(order.begin(), order.begin() + rank_, [&](std::size_t a, std::size_t b) {
    return std::abs(steps_[a][last]) > std::abs(steps_[b][last]);
  });
  const auto old_dims = dims_;
  const auto old_steps = steps_;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank_); ++i) {
    dims_[i] = old_dims[order[i]];
    steps_[i] = old_steps[order[i]];
  }
  for (int axis = rank_ - 2; axis >= 0; --axis) {
    merge(axis);
  }
  if (rank_ == 0) {
    dims_[0] = 1;
    rank_ = 1;
  }
}

/// Makes axis and axis + 1 one when every tensor steps over them evenly.
void Walk::merge(int axis) {
  const auto outer = static_cast<std::size_t>(axis);
  for (std::size_t i = 0; i < static_cast<std::size_t>(tensors_); ++i) {
    if (steps_[outer][i] != steps_[outer + 1][i] * dims_[outer + 1]) {
      return;
    }
  }
  dims_[outer] *= dims_[outer + 1];
  steps_[outer] = steps_[outer + 1];
  for (std::size_t i = outer + 1; i + 1 < static_cast<std::size_t>(rank_); ++i) {
    dims_[i] = dims_[i + 1];
    steps_[i] = steps_[i + 1];
  }
  --rank_;
}

void Walk::each(const std::function<void(const Row&)>& body) const {
  const auto inner = static_cast<std::size_t>(rank_ - 1);
  std::array<std::int64_t, CUDNN_DIM_MAX> index{};
  std::array<std::int64_t, kWalked> base{};
  for (bool more = true; more;) {
    for (std::int64_t at = 0; at < dims_[inner]; at += kRow) {
      std::array<std::int64_t, kWalked> first = base;
      for (std::size_t i = 0; i < first.size(); ++i) {
        first[i] += at * steps_[inner][i];
      }
      body({std::min(kRow, dims_[inner] - at), first.data(), steps_[inner].data()});
    }
    more = false;
    for (std::size_t axis = inner; axis-- > 0 && !more;) {
      more = ++index[axis] < dims_[axis];
      for (std::size_t i = 0; i < base.size(); ++i) {
        base[i] += more ? steps_[axis][i] : -(dims_[axis] - 1) * steps_[axis][i];
      }
      index[axis] = more ? index[axis] : 0;
    }
  }
}

}  // namespace hostcuda::cudnn
