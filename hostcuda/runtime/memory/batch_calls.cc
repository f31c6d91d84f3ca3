// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies in batches.
#include <vector>

#include "hostcuda/runtime/error/form12.h"
#include "hostcuda/runtime/memory/copy.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// A batch needs a stream of its own, which does not capture.
cudaError_t check_stream(cudaStream_t stream) {
  if (stream == nullptr || stream == cudaStreamLegacy) return cudaErrorInvalidValue;
  bool capturing = false;
  if (const cudaError_t error = is_capturing(stream, &capturing)) return error;
  return capturing ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

bool is_order(cudaMemcpySrcAccessOrder order) {
  return order == cudaMemcpySrcAccessOrderStream ||
         order == cudaMemcpySrcAccessOrderDuringApiCall || order == cudaMemcpySrcAccessOrderAny;
}

/// Whether the attributes and where each begins to hold make sense together.
bool check_attributes(const cudaMemcpyAttributes* attributes, const size_t* indices,
                      size_t attribute_count, size_t count) {
  if (!attributes || !indices || attribute_count == 0 || attribute_count > count) return false;
  for (size_t i = 0; i < attribute_count; ++i) {
    if (!is_order(attributes[i].srcAccessOrder)) return false;
    if (i == 0 ? indices[0] != 0 : indices[i] <= indices[i - 1]) return false;
    if (indices[i] >= count) return false;
  }
  return true;
}

/// Checks all copies before the first is submitted, so that a refused batch has done nothing.
cudaError_t submit_batch(const std::vector<Copy>& batch, cudaStream_t stream, size_t* failed) {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (const cudaError_t error = check_copy(batch[i])) {
      if (failed) *failed = i;
      return error;
    }
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (const cudaError_t error = copy_later(batch[i], stream)) {
      if (failed) *failed = i;
      return error;
    }
  }
  return cudaSuccess;
}

cudaError_t linear_batch(void* const* targets, const void* const* sources, const size_t* sizes,
                         size_t count, const cudaMemcpyAttributes* attributes,
                         const size_t* indices, size_t attribute_count, size_t* failed,
                         cudaStream_t stream) {
  if (failed) *failed = static_cast<size_t>(-1);
  if (const cudaError_t error = check_stream(stream)) return error;
  if (!targets || !sources || !sizes || count == 0 ||
      !check_attributes(attributes, indices, attribute_count, count)) {
    return cudaErrorInvalidValue;
  }
  std::vector<Copy> batch;
  for (size_t i = 0; i < count; ++i) {
    batch.push_back(linear_copy(targets[i], sources[i], sizes[i], cudaMemcpyDefault));
  }
  return submit_batch(batch, stream, failed);
}

/// One side of a box; false for an array.
bool side_of(const cudaMemcpy3DOperand& operand, const cudaExtent& extent, cudaPitchedPtr* side) {
  if (operand.type != cudaMemcpyOperandTypePointer) return false;
  const auto& at = operand.op.ptr;
  side->ptr = at.ptr;
  side->pitch = at.rowLength ? at.rowLength : extent.width;
  side->xsize = extent.width;
  side->ysize = at.layerHeight ? at.layerHeight : extent.height;
  return true;
}

cudaError_t box_batch(size_t count, const cudaMemcpy3DBatchOp* ops, size_t* failed,
                      unsigned long long flags, cudaStream_t stream) {
  if (failed) *failed = static_cast<size_t>(-1);
  if (const cudaError_t error = check_stream(stream)) return error;
  if (count == 0 || !ops || flags != 0) return cudaErrorInvalidValue;
  std::vector<Copy> batch(count);
  for (size_t i = 0; i < count; ++i) {
    cudaMemcpy3DParms& params = batch[i].params;
    if (failed) *failed = i;
    if (!is_order(ops[i].srcAccessOrder)) return cudaErrorInvalidValue;
    if (!side_of(ops[i].src, ops[i].extent, &params.srcPtr) ||
        !side_of(ops[i].dst, ops[i].extent, &params.dstPtr)) {
      return not_supported("cudaMemcpy3DBatchAsync of CUDA arrays");
    }
    params.extent = ops[i].extent;
    params.kind = cudaMemcpyDefault;
  }
  if (failed) *failed = static_cast<size_t>(-1);
  return submit_batch(batch, stream, failed);
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemcpyBatchAsync(void* const* targets, const void* const* sources,
                                              const size_t* sizes, size_t count,
                                              cudaMemcpyAttributes* attributes, size_t* indices,
                                              size_t attribute_count, cudaStream_t stream) {
  return guarded([&] {
    return linear_batch(targets, sources, sizes, count, attributes, indices, attribute_count,
                        nullptr, stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpyBatchAsync_ptsz(void* const* targets, const void* const* sources,
                                                   const size_t* sizes, size_t count,
                                                   cudaMemcpyAttributes* attributes,
                                                   size_t* indices, size_t attribute_count,
                                                   cudaStream_t stream) {
  return guarded([&] {
    return linear_batch(targets, sources, sizes, count, attributes, indices, attribute_count,
                        nullptr, per_thread(stream));
  });
}

HOSTCUDA_API cudaError_t cudaMemcpyBatchAsync_form12(void** targets, void** sources, size_t* sizes,
                                                     size_t count, cudaMemcpyAttributes* attributes,
                                                     size_t* indices, size_t attribute_count,
                                                     size_t* failed, cudaStream_t stream) {
  return guarded([&] {
    return linear_batch(targets, sources, sizes, count, attributes, indices, attribute_count,
                        failed, stream);
  });
}
HOSTCUDA_FORM12(cudaMemcpyBatchAsync);

HOSTCUDA_API cudaError_t cudaMemcpy3DBatchAsync(size_t count, cudaMemcpy3DBatchOp* ops,
                                                unsigned long long flags, cudaStream_t stream) {
  return guarded([&] { return box_batch(count, ops, nullptr, flags, stream); });
}

HOSTCUDA_API cudaError_t cudaMemcpy3DBatchAsync_ptsz(size_t count, cudaMemcpy3DBatchOp* ops,
                                                     unsigned long long flags,
                                                     cudaStream_t stream) {
  return guarded([&] { return box_batch(count, ops, nullptr, flags, per_thread(stream)); });
}

HOSTCUDA_API cudaError_t cudaMemcpy3DBatchAsync_form12(size_t count, cudaMemcpy3DBatchOp* ops,
                                                       size_t* failed, unsigned long long flags,
                                                       cudaStream_t stream) {
  return guarded([&] { return box_batch(count, ops, failed, flags, stream); });
}
HOSTCUDA_FORM12(cudaMemcpy3DBatchAsync);
