// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies: how a call's arguments become an operation.
#pragma once

#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {

/// A copy of `bytes` bytes in a row.
Copy linear_copy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind);

/// A copy of `height` rows of `width` bytes.
Copy row_copy(void* target, std::size_t target_pitch, const void* source, std::size_t source_pitch,
              std::size_t width, std::size_t height, cudaMemcpyKind kind);

/// Checks the copy, does it behind all work of `stream` and waits. Errors: check_copy's, submit's.
cudaError_t copy_now(Copy op, cudaStream_t stream);

/// Checks the copy and puts it on `stream`. A source that is the host's pageable memory is read
/// during the call, as the interface promises, unless the stream captures: a small one is copied
/// aside, a large one waited for.
cudaError_t copy_later(Copy op, cudaStream_t stream);

/// Both sides of a peer copy must be the one device there is; null entries are none.
cudaError_t check_peers(int target_device, int source_device);

}  // namespace hostcuda
