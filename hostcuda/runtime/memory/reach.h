// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether memory may be reached the way a copy or a fill says.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace hostcuda {

/// How a side of a copy or fill was named.
enum class Side {
  Host,    ///< by an explicit kind: what only the device may touch is refused
  Device,  ///< by an explicit kind: memory the runtime does not know is refused
  Any,     ///< by cudaMemcpyDefault: the pointer itself tells
};

/// cudaErrorInvalidValue when `bytes` bytes from `pointer` are not what `side` says: null, freed,
/// reaching over the end of an allocation, about to be released, or of the wrong kind. Unknown
/// memory passes as Device while the calling thread trusts pointers (hostcudaTrustPointers) or runs
/// a task.
cudaError_t check_reach(const void* pointer, std::size_t bytes, Side side);

/// Just before the bytes are touched: cudaErrorIllegalAddress when they were freed meanwhile, or
/// are memory of a graph that is not allocated.
cudaError_t check_alive(const void* pointer, std::size_t bytes) noexcept;

/// Whether the runtime has never heard of this memory: the program's own, pageable.
bool is_pageable(const void* pointer);

}  // namespace hostcuda
