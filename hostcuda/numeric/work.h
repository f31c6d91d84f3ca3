// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic in the order of a stream.
#pragma once

#include <cuda_runtime_api.h>

#include <utility>

#include "hostcuda/include/hostcuda.h"

/// Before the definition of every exported function.
#define HOSTCUDA_API extern "C" __attribute__((visibility("default")))

namespace hostcuda {

/// Puts `work`, a callable without arguments and results, behind all that `stream` has been given;
/// a capture records it, and each launch of the graph runs it again. If it throws (memory ran out)
/// the stream fails with cudaErrorLaunchFailure. Any thread.
template <typename Work>
cudaError_t enqueue(cudaStream_t stream, Work work) {
  const auto run = [](void* data, cudaStream_t) -> int {
    try {
      (*static_cast<Work*>(data))();
      return 0;
    } catch (...) {
      return 1;
    }
  };
  return hostcudaLaunchTask(stream, run, new Work(std::move(work)),
                            [](void* data) { delete static_cast<Work*>(data); });
}

}  // namespace hostcuda
