// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Giving memory back, whatever made it: what cudaFree, cudaFreeAsync and a graph's release share.
#pragma once

#include <cuda_runtime_api.h>

#include "hostcuda/runtime/memory/table.h"

namespace hostcuda {

/// Frees memory of cudaMalloc, of a pool or of a graph at once. Errors: cudaErrorInvalidValue for
/// anything else, such as memory freed before or host memory. Any thread.
cudaError_t free_device(void* pointer);

/// Bytes that graphs have reserved and those between an allocation and its release, with the
/// highest values since reset_high.
struct GraphMemory {
  std::uint64_t used = 0, used_high = 0, reserved = 0, reserved_high = 0;
};
GraphMemory graph_memory();
void reset_graph_memory_high(bool used, bool reserved);

/// Gives back all memory the runtime gave out, with its pools: cudaDeviceReset, after the streams.
void reset_memory();

}  // namespace hostcuda
