// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls that are refused by name.
#pragma once

#include <vector>

#include "hostcuda/driver/call.h"

namespace hostcuda::driver {

struct Refused {
  const char* name;  ///< without version
  void* function;    ///< takes any arguments and returns CUDA_ERROR_NOT_SUPPORTED
};

/// All of them, in the order of the alphabet. Any thread.
const std::vector<Refused>& refused_calls();

}  // namespace hostcuda::driver
