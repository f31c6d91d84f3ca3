// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every call of the interface that is not there: it says so by name.
namespace hostcuda::cudnn {
int refuse_call(const char* call) noexcept;
}

#define HOSTCUDA_REFUSE(name)                                    \
  extern "C" __attribute__((visibility("default"))) int name() { \
    return hostcuda::cudnn::refuse_call(#name);                  \
  }
#include "hostcuda/cudnn/refusals.def"
