// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plain copies, between peers and in rows.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/copy.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

cudaError_t rows_now(void* target, std::size_t target_pitch, const void* source,
                     std::size_t source_pitch, std::size_t width, std::size_t height,
                     cudaMemcpyKind kind, cudaStream_t stream) {
  if (width > target_pitch || width > source_pitch) return cudaErrorInvalidPitchValue;
  return copy_now(row_copy(target, target_pitch, source, source_pitch, width, height, kind),
                  stream);
}

cudaError_t rows_later(void* target, std::size_t target_pitch, const void* source,
                       std::size_t source_pitch, std::size_t width, std::size_t height,
                       cudaMemcpyKind kind, cudaStream_t stream) {
  if (width > target_pitch || width > source_pitch) return cudaErrorInvalidPitchValue;
  return copy_later(row_copy(target, target_pitch, source, source_pitch, width, height, kind),
                    stream);
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemcpy(void* target, const void* source, size_t count,
                                    cudaMemcpyKind kind) {
  return guarded([&] { return copy_now(linear_copy(target, source, count, kind), nullptr); });
}

HOSTCUDA_API cudaError_t cudaMemcpy_ptds(void* target, const void* source, size_t count,
                                         cudaMemcpyKind kind) {
  return guarded(
      [&] { return copy_now(linear_copy(target, source, count, kind), cudaStreamPerThread); });
}

HOSTCUDA_API cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t count,
                                         cudaMemcpyKind kind, cudaStream_t stream) {
  return guarded([&] { return copy_later(linear_copy(target, source, count, kind), stream); });
}

HOSTCUDA_API cudaError_t cudaMemcpyAsync_ptsz(void* target, const void* source, size_t count,
                                              cudaMemcpyKind kind, cudaStream_t stream) {
  return cudaMemcpyAsync(target, source, count, kind, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemcpyPeer(void* target, int target_device, const void* source,
                                        int source_device, size_t count) {
  return guarded([&] {
    if (const cudaError_t error = check_peers(target_device, source_device)) return error;
    return copy_now(linear_copy(target, source, count, cudaMemcpyDeviceToDevice), nullptr);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpyPeerAsync(void* target, int target_device, const void* source,
                                             int source_device, size_t count, cudaStream_t stream) {
  return guarded([&] {
    if (const cudaError_t error = check_peers(target_device, source_device)) return error;
    return copy_later(linear_copy(target, source, count, cudaMemcpyDeviceToDevice), stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpy2D(void* target, size_t target_pitch, const void* source,
                                      size_t source_pitch, size_t width, size_t height,
                                      cudaMemcpyKind kind) {
  return guarded([&] {
    return rows_now(target, target_pitch, source, source_pitch, width, height, kind, nullptr);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpy2D_ptds(void* target, size_t target_pitch, const void* source,
                                           size_t source_pitch, size_t width, size_t height,
                                           cudaMemcpyKind kind) {
  return guarded([&] {
    return rows_now(target, target_pitch, source, source_pitch, width, height, kind,
                    cudaStreamPerThread);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpy2DAsync(void* target, size_t target_pitch, const void* source,
                                           size_t source_pitch, size_t width, size_t height,
                                           cudaMemcpyKind kind, cudaStream_t stream) {
  return guarded([&] {
    return rows_later(target, target_pitch, source, source_pitch, width, height, kind, stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpy2DAsync_ptsz(void* target, size_t target_pitch,
                                                const void* source, size_t source_pitch,
                                                size_t width, size_t height, cudaMemcpyKind kind,
                                                cudaStream_t stream) {
  return cudaMemcpy2DAsync(target, target_pitch, source, source_pitch, width, height, kind,
                           per_thread(stream));
}
