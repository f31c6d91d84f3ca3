// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies of boxes.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/copy.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

cudaError_t box_copy(const cudaMemcpy3DParms* params, Copy* op) {
  if (!params) return cudaErrorInvalidValue;
  op->params = *params;
  return cudaSuccess;
}

cudaError_t box_copy(const cudaMemcpy3DPeerParms* params, Copy* op) {
  if (!params) return cudaErrorInvalidValue;
  op->params.srcArray = params->srcArray;
  op->params.srcPos = params->srcPos;
  op->params.srcPtr = params->srcPtr;
  op->params.dstArray = params->dstArray;
  op->params.dstPos = params->dstPos;
  op->params.dstPtr = params->dstPtr;
  op->params.extent = params->extent;
  op->params.kind = cudaMemcpyDeviceToDevice;
  return check_peers(params->dstDevice, params->srcDevice);
}

template <typename Params>
cudaError_t box_now(const Params* params, cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = box_copy(params, &op);
    return error ? error : copy_now(std::move(op), stream);
  });
}

template <typename Params>
cudaError_t box_later(const Params* params, cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = box_copy(params, &op);
    return error ? error : copy_later(std::move(op), stream);
  });
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms* params) {
  return box_now(params, nullptr);
}

HOSTCUDA_API cudaError_t cudaMemcpy3D_ptds(const cudaMemcpy3DParms* params) {
  return box_now(params, cudaStreamPerThread);
}

HOSTCUDA_API cudaError_t cudaMemcpy3DAsync(const cudaMemcpy3DParms* params, cudaStream_t stream) {
  return box_later(params, stream);
}

HOSTCUDA_API cudaError_t cudaMemcpy3DAsync_ptsz(const cudaMemcpy3DParms* params,
                                                cudaStream_t stream) {
  return box_later(params, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemcpy3DPeer(const cudaMemcpy3DPeerParms* params) {
  return box_now(params, nullptr);
}

HOSTCUDA_API cudaError_t cudaMemcpy3DPeer_ptds(const cudaMemcpy3DPeerParms* params) {
  return box_now(params, cudaStreamPerThread);
}

HOSTCUDA_API cudaError_t cudaMemcpy3DPeerAsync(const cudaMemcpy3DPeerParms* params,
                                               cudaStream_t stream) {
  return box_later(params, stream);
}

HOSTCUDA_API cudaError_t cudaMemcpy3DPeerAsync_ptsz(const cudaMemcpy3DPeerParms* params,
                                                    cudaStream_t stream) {
  return box_later(params, per_thread(stream));
}
