// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a pooling descriptor holds, and pooling itself.
#pragma once

#include <array>

#include "hostcuda/cudnn/call.h"

inline constexpr int kPooledAxes = CUDNN_DIM_MAX - 2;

struct cudnnPoolingStruct {
  cudnnPoolingMode_t mode = CUDNN_POOLING_MAX;
  cudnnNanPropagation_t nan = CUDNN_NOT_PROPAGATE_NAN;
  int rank = 0;  // axes of space; zero until it is set
  std::array<int, kPooledAxes> window{}, padding{}, stride{};
};

namespace hostcuda::cudnn {

using Pooling = cudnnPoolingStruct;

/// y = alpha pool(x) + beta y. Every window holds at least one element of x; the caller saw to it.
void pool(const Pair& pair, const Pooling& pooling);

}  // namespace hostcuda::cudnn
