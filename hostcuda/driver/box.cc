// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Translates the driver's copies of rows and boxes.
#include "hostcuda/driver/box.h"

namespace hostcuda::driver {
namespace {

/// One side of a copy, as both structures spell it.
struct Side {
  CUmemorytype kind;
  void* host;
  CUdeviceptr device;
  size_t pitch;
  size_t rows;
};

CUresult locate(const Side& side, cudaPitchedPtr* out) {
  switch (side.kind) {
    case CU_MEMORYTYPE_HOST:
      out->ptr = side.host;
      break;
    case CU_MEMORYTYPE_DEVICE:
    case CU_MEMORYTYPE_UNIFIED:
      out->ptr = address(side.device);
      break;
    case CU_MEMORYTYPE_ARRAY:
      return refuse("a copy from or to a CUarray", "needs a GPU: a CPU has no arrays",
                    CUDA_ERROR_NOT_SUPPORTED);
    default:
      return CUDA_ERROR_INVALID_VALUE;
  }
  out->pitch = side.pitch;
  out->xsize = side.pitch;
  out->ysize = side.rows;
  return CUDA_SUCCESS;
}

cudaMemcpyKind direction(CUmemorytype source, CUmemorytype target) {
  if (source == CU_MEMORYTYPE_UNIFIED || target == CU_MEMORYTYPE_UNIFIED) {
    return cudaMemcpyDefault;
  }
  if (source == CU_MEMORYTYPE_HOST) {
    return target == CU_MEMORYTYPE_HOST ? cudaMemcpyHostToHost : cudaMemcpyHostToDevice;
  }
  return target == CU_MEMORYTYPE_HOST ? cudaMemcpyDeviceToHost : cudaMemcpyDeviceToDevice;
}

}  // namespace

CUresult describe(const CUDA_MEMCPY3D* copy, cudaMemcpy3DParms* out) noexcept {
  if (copy == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  // A pitch of 0 means rows without a gap; a height of 0, slices without one.
  const auto or_tight = [](size_t given, size_t tight) { return given == 0 ? tight : given; };
  *out = cudaMemcpy3DParms{};
  const Side source{copy->srcMemoryType, const_cast<void*>(copy->srcHost), copy->srcDevice,
                    or_tight(copy->srcPitch, copy->srcXInBytes + copy->WidthInBytes),
                    or_tight(copy->srcHeight, copy->srcY + copy->Height)};
  const Side target{copy->dstMemoryType, copy->dstHost, copy->dstDevice,
                    or_tight(copy->dstPitch, copy->dstXInBytes + copy->WidthInBytes),
                    or_tight(copy->dstHeight, copy->dstY + copy->Height)};
  if (const CUresult from = locate(source, &out->srcPtr); from != CUDA_SUCCESS) {
    return from;
  }
  if (const CUresult to = locate(target, &out->dstPtr); to != CUDA_SUCCESS) {
    return to;
  }
  out->srcPos = cudaPos{copy->srcXInBytes, copy->srcY, copy->srcZ};
  out->dstPos = cudaPos{copy->dstXInBytes, copy->dstY, copy->dstZ};
  out->extent = cudaExtent{copy->WidthInBytes, copy->Height, copy->Depth};
  out->kind = direction(copy->srcMemoryType, copy->dstMemoryType);
  return CUDA_SUCCESS;
}

CUresult describe(const CUDA_MEMCPY2D* copy, cudaMemcpy3DParms* out) noexcept {
  if (copy == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  CUDA_MEMCPY3D box{};
  box.srcXInBytes = copy->srcXInBytes;
  box.srcY = copy->srcY;
  box.srcMemoryType = copy->srcMemoryType;
  box.srcHost = copy->srcHost;
  box.srcDevice = copy->srcDevice;
  box.srcPitch = copy->srcPitch;
  box.dstXInBytes = copy->dstXInBytes;
  box.dstY = copy->dstY;
  box.dstMemoryType = copy->dstMemoryType;
  box.dstHost = copy->dstHost;
  box.dstDevice = copy->dstDevice;
  box.dstPitch = copy->dstPitch;
  box.WidthInBytes = copy->WidthInBytes;
  box.Height = copy->Height;
  box.Depth = 1;
  return describe(&box, out);
}

}  // namespace hostcuda::driver
