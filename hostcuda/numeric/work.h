// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic in the order of a stream.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
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
  // Two own it, the runtime and this call, which cannot know whether a refusal released it.
  struct Shared {
    Work work;
    std::atomic<int> owners = 2;
    void leave(int by) {
      if (owners.fetch_sub(by) == by) {
        delete this;
      }
    }
  };
  Shared* const shared = new Shared{std::move(work)};
  const auto run = [](void* data, cudaStream_t) -> int {
    try {
      static_cast<Shared*>(data)->work();
      return 0;
    } catch (...) {
      return 1;
    }
  };
  const cudaError_t error = hostcudaLaunchTask(
      stream, run, shared, [](void* data) { static_cast<Shared*>(data)->leave(1); });
  shared->leave(error != cudaSuccess && shared->owners == 2 ? 2 : 1);
  return error;
}

}  // namespace hostcuda
