// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fills. The runtime fills bytes; wider elements go to the stream as a task of this library.
#include <hostcuda.h>

#include <cstring>
#include <memory>
#include <new>

#include "hostcuda/driver/call.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

/// Rows of elements; a row is `pitch` bytes from the next.
template <typename Element>
struct Rows {
  std::byte* target;
  size_t pitch;
  Element value;
  size_t width;
  size_t height;
};

template <typename Element>
int fill_rows(void* data, cudaStream_t) {
  const auto& rows = *static_cast<const Rows<Element>*>(data);
  for (size_t y = 0; y < rows.height; ++y) {
    for (size_t x = 0; x < rows.width; ++x) {
      std::memcpy(rows.target + y * rows.pitch + x * sizeof(Element), &rows.value, sizeof(Element));
    }
  }
  return 0;
}

/// Only memory that the runtime knows is filled, as it does by bytes.
CUresult check_target(const void* target) {
  cudaPointerAttributes known{};
  const CUresult asked = forward([&] { return cudaPointerGetAttributes(&known, target); });
  if (asked != CUDA_SUCCESS) {
    return asked;
  }
  return known.type == cudaMemoryTypeUnregistered ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

template <typename Element>
CUresult fill(CUdeviceptr target, size_t pitch, Element value, size_t width, size_t height,
              CUstream stream) {
  if (target % sizeof(Element) != 0 || pitch % sizeof(Element) != 0 ||
      (height > 1 && pitch / sizeof(Element) < width)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult context = check_context(); context != CUDA_SUCCESS) {
    return context;
  }
  if (width == 0 || height == 0) {
    return CUDA_SUCCESS;
  }
  const CUdeviceptr last = target + (height - 1) * pitch + width * sizeof(Element) - 1;
  for (const CUdeviceptr end : {target, last}) {
    if (const CUresult known = check_target(address(end)); known != CUDA_SUCCESS) {
      return known;
    }
  }
  auto rows = std::unique_ptr<Rows<Element>>(new (std::nothrow) Rows<Element>{
      static_cast<std::byte*>(address(target)), pitch, value, width, height});
  if (rows == nullptr) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  const auto release = [](void* data) { delete static_cast<Rows<Element>*>(data); };
  // From here on the stream owns the rows: it lets go of them also when it takes no task.
  void* const data = rows.release();
  return forward([&] { return hostcudaLaunchTask(stream, &fill_rows<Element>, data, release); });
}

CUresult fill_bytes(CUdeviceptr target, unsigned char value, size_t count, CUstream stream) {
  return forward_in_context([&] { return cudaMemsetAsync(address(target), value, count, stream); });
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuMemsetD8_v2(CUdeviceptr target, unsigned char value, size_t count) {
  return forward_in_context([&] { return cudaMemset(address(target), value, count); });
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD16_v2(CUdeviceptr target, unsigned short value,
                                            size_t count) {
  return fill(target, 0, value, count, 1, nullptr);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD32_v2(CUdeviceptr target, unsigned int value, size_t count) {
  return fill(target, 0, value, count, 1, nullptr);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D8_v2(CUdeviceptr target, size_t pitch, unsigned char value,
                                             size_t width, size_t height) {
  return forward_in_context(
      [&] { return cudaMemset2D(address(target), pitch, value, width, height); });
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D16_v2(CUdeviceptr target, size_t pitch,
                                              unsigned short value, size_t width, size_t height) {
  return fill(target, pitch, value, width, height, nullptr);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D32_v2(CUdeviceptr target, size_t pitch, unsigned int value,
                                              size_t width, size_t height) {
  return fill(target, pitch, value, width, height, nullptr);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD8Async(CUdeviceptr target, unsigned char value, size_t count,
                                             CUstream stream) {
  return fill_bytes(target, value, count, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD16Async(CUdeviceptr target, unsigned short value,
                                              size_t count, CUstream stream) {
  return fill(target, 0, value, count, 1, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD32Async(CUdeviceptr target, unsigned int value, size_t count,
                                              CUstream stream) {
  return fill(target, 0, value, count, 1, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D8Async(CUdeviceptr target, size_t pitch,
                                               unsigned char value, size_t width, size_t height,
                                               CUstream stream) {
  return forward_in_context(
      [&] { return cudaMemset2DAsync(address(target), pitch, value, width, height, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D16Async(CUdeviceptr target, size_t pitch,
                                                unsigned short value, size_t width, size_t height,
                                                CUstream stream) {
  return fill(target, pitch, value, width, height, stream);
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D32Async(CUdeviceptr target, size_t pitch,
                                                unsigned int value, size_t width, size_t height,
                                                CUstream stream) {
  return fill(target, pitch, value, width, height, stream);
}
