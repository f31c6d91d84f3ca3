// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names of the driver that are not served: each says so in one line, so that nothing fails unnamed.
#include "hostcuda/driver/refused.h"

#define REFUSED(name, symbol)                                                                    \
  HOSTCUDA_DRIVER_API CUresult symbol() {                                                        \
    return hostcuda::driver::refuse(#name, "is not offered on a CPU", CUDA_ERROR_NOT_SUPPORTED); \
  }
#include "hostcuda/driver/refused.def"

namespace hostcuda::driver {

const std::vector<Refused>& refused_calls() {
  static const auto* const all = new std::vector<Refused>{
#define REFUSED(name, symbol) {#name, reinterpret_cast<void*>(&symbol)},
#include "hostcuda/driver/refused.def"
  };
  return *all;
}

}  // namespace hostcuda::driver
