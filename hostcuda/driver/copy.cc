// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies by way of the runtime.
#include "hostcuda/driver/box.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

CUresult copy_now(void* target, const void* source, size_t bytes, cudaMemcpyKind kind) {
  return forward_in_context([=] { return cudaMemcpy(target, source, bytes, kind); });
}

CUresult copy_later(void* target, const void* source, size_t bytes, cudaMemcpyKind kind,
                    CUstream stream) {
  return forward_in_context([=] { return cudaMemcpyAsync(target, source, bytes, kind, stream); });
}

template <typename Description>
CUresult copy_box_now(const Description* copy) {
  cudaMemcpy3DParms box{};
  const CUresult described = describe(copy, &box);
  return described == CUDA_SUCCESS ? forward_in_context([&] { return cudaMemcpy3D(&box); })
                                   : described;
}

template <typename Description>
CUresult copy_box_later(const Description* copy, CUstream stream) {
  cudaMemcpy3DParms box{};
  const CUresult described = describe(copy, &box);
  return described == CUDA_SUCCESS
             ? forward_in_context([&] { return cudaMemcpy3DAsync(&box, stream); })
             : described;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuMemcpy(CUdeviceptr target, CUdeviceptr source, size_t bytes) {
  return copy_now(address(target), address(source), bytes, cudaMemcpyDefault);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyHtoD_v2(CUdeviceptr target, const void* source, size_t bytes) {
  return copy_now(address(target), source, bytes, cudaMemcpyHostToDevice);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, size_t bytes) {
  return copy_now(target, address(source), bytes, cudaMemcpyDeviceToHost);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes) {
  return copy_now(address(target), address(source), bytes, cudaMemcpyDeviceToDevice);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* copy) { return copy_box_now(copy); }

HOSTCUDA_DRIVER_API CUresult cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D* copy) {
  return copy_box_now(copy);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy3D_v2(const CUDA_MEMCPY3D* copy) { return copy_box_now(copy); }

HOSTCUDA_DRIVER_API CUresult cuMemcpyAsync(CUdeviceptr target, CUdeviceptr source, size_t bytes,
                                           CUstream stream) {
  return copy_later(address(target), address(source), bytes, cudaMemcpyDefault, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source,
                                                  size_t bytes, CUstream stream) {
  return copy_later(address(target), source, bytes, cudaMemcpyHostToDevice, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, size_t bytes,
                                                  CUstream stream) {
  return copy_later(target, address(source), bytes, cudaMemcpyDeviceToHost, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source,
                                                  size_t bytes, CUstream stream) {
  return copy_later(address(target), address(source), bytes, cudaMemcpyDeviceToDevice, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* copy, CUstream stream) {
  return copy_box_later(copy, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D* copy, CUstream stream) {
  return copy_box_later(copy, stream);
}
