// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cudaMemset and its kin.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/table.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

Fill row_fill(void* target, std::size_t pitch, int value, std::size_t width, std::size_t height) {
  Fill op;
  op.params.dst = target;
  op.params.pitch = pitch;
  op.params.value = static_cast<unsigned char>(value);
  op.params.elementSize = 1;
  op.params.width = width;
  op.params.height = height;
  return op;
}

bool is_empty(const Fill& op) { return op.params.width == 0 || op.params.height == 0; }

cudaError_t fill_later(const Fill& op, cudaStream_t stream) {
  bool capturing = false;
  if (const cudaError_t error = is_capturing(stream, &capturing)) return error;
  if (const cudaError_t error = check_fill(op)) return error;
  return is_empty(op) && !capturing ? cudaSuccess : submit(stream, op);
}

/// The blocking forms wait only where the host could look at the memory right after.
cudaError_t fill_now(const Fill& op, cudaStream_t stream) {
  if (const cudaError_t error = check_fill(op)) return error;
  if (is_empty(op)) return cudaSuccess;
  const Known known = Table::instance().find(op.params.dst);
  const bool out_of_sight = known.allocation && known.allocation->device_only();
  return out_of_sight ? submit(stream, op) : submit_and_wait(stream, op);
}

/// Fills a box: in one piece where its layers follow each other without a gap.
template <typename Submit>
cudaError_t fill_box(const cudaPitchedPtr& pitched, int value, const cudaExtent& extent,
                     Submit submit_one) {
  if (extent.width == 0 || extent.height == 0 || extent.depth == 0) return cudaSuccess;
  if (pitched.pitch < extent.width) return cudaErrorInvalidValue;
  if (extent.depth == 1 || pitched.ysize == extent.height) {
    return submit_one(
        row_fill(pitched.ptr, pitched.pitch, value, extent.width, extent.height * extent.depth));
  }
  if (pitched.ysize < extent.height) return cudaErrorInvalidValue;
  auto* layer = static_cast<unsigned char*>(pitched.ptr);
  for (std::size_t z = 0; z < extent.depth; ++z, layer += pitched.pitch * pitched.ysize) {
    const Fill op = row_fill(layer, pitched.pitch, value, extent.width, extent.height);
    if (const cudaError_t error = submit_one(op)) return error;
  }
  return cudaSuccess;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemset(void* target, int value, size_t count) {
  return guarded([&] { return fill_now(row_fill(target, count, value, count, 1), nullptr); });
}

HOSTCUDA_API cudaError_t cudaMemset_ptds(void* target, int value, size_t count) {
  return guarded(
      [&] { return fill_now(row_fill(target, count, value, count, 1), cudaStreamPerThread); });
}

HOSTCUDA_API cudaError_t cudaMemsetAsync(void* target, int value, size_t count,
                                         cudaStream_t stream) {
  return guarded([&] { return fill_later(row_fill(target, count, value, count, 1), stream); });
}

HOSTCUDA_API cudaError_t cudaMemsetAsync_ptsz(void* target, int value, size_t count,
                                              cudaStream_t stream) {
  return cudaMemsetAsync(target, value, count, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemset2D(void* target, size_t pitch, int value, size_t width,
                                      size_t height) {
  return guarded([&] { return fill_now(row_fill(target, pitch, value, width, height), nullptr); });
}

HOSTCUDA_API cudaError_t cudaMemset2D_ptds(void* target, size_t pitch, int value, size_t width,
                                           size_t height) {
  return guarded(
      [&] { return fill_now(row_fill(target, pitch, value, width, height), cudaStreamPerThread); });
}

HOSTCUDA_API cudaError_t cudaMemset2DAsync(void* target, size_t pitch, int value, size_t width,
                                           size_t height, cudaStream_t stream) {
  return guarded([&] { return fill_later(row_fill(target, pitch, value, width, height), stream); });
}

HOSTCUDA_API cudaError_t cudaMemset2DAsync_ptsz(void* target, size_t pitch, int value, size_t width,
                                                size_t height, cudaStream_t stream) {
  return cudaMemset2DAsync(target, pitch, value, width, height, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemset3D(cudaPitchedPtr pitched, int value, cudaExtent extent) {
  return guarded([&] {
    return fill_box(pitched, value, extent, [](const Fill& op) { return fill_now(op, nullptr); });
  });
}

HOSTCUDA_API cudaError_t cudaMemset3D_ptds(cudaPitchedPtr pitched, int value, cudaExtent extent) {
  return guarded([&] {
    return fill_box(pitched, value, extent,
                    [](const Fill& op) { return fill_now(op, cudaStreamPerThread); });
  });
}

HOSTCUDA_API cudaError_t cudaMemset3DAsync(cudaPitchedPtr pitched, int value, cudaExtent extent,
                                           cudaStream_t stream) {
  return guarded([&] {
    return fill_box(pitched, value, extent,
                    [stream](const Fill& op) { return fill_later(op, stream); });
  });
}

HOSTCUDA_API cudaError_t cudaMemset3DAsync_ptsz(cudaPitchedPtr pitched, int value,
                                                cudaExtent extent, cudaStream_t stream) {
  return cudaMemset3DAsync(pitched, value, extent, per_thread(stream));
}
