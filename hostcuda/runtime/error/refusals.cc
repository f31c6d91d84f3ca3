// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every call of the interface that is not there: it says so by name.
namespace hostcuda {
int refuse(const char* call) noexcept;
}

#define HOSTCUDA_REFUSE(name) \
  extern "C" __attribute__((visibility("default"))) int name() { return hostcuda::refuse(#name); }
#include "hostcuda/runtime/error/refusals.def"
