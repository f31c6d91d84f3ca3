// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The driver's start and its one device, whose facts the runtime knows.
#include <algorithm>
#include <cstring>

#include "hostcuda/driver/context.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuInit(unsigned int flags) {
  return flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

HOSTCUDA_DRIVER_API CUresult cuDriverGetVersion(int* version) {
  return forward([&] { return cudaDriverGetVersion(version); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetCount(int* count) {
  return forward([&] { return cudaGetDeviceCount(count); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  if (device == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult known = check_device(ordinal); known != CUDA_SUCCESS) {
    return known;
  }
  *device = ordinal;
  return CUDA_SUCCESS;
}

namespace {

/// Reads one fact of the device's properties.
template <typename Read>
CUresult with_properties(CUdevice device, Read&& read) {
  cudaDeviceProp properties{};
  const CUresult got = forward([&] { return cudaGetDeviceProperties(&properties, device); });
  if (got == CUDA_SUCCESS) {
    read(properties);
  }
  return got;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  if (name == nullptr || length <= 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return with_properties(device, [&](const cudaDeviceProp& properties) {
    const auto room = static_cast<size_t>(length) - 1;
    const size_t copied = std::min(room, std::strlen(properties.name));
    std::memcpy(name, properties.name, copied);
    name[copied] = '\0';
  });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) {
  if (uuid == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return with_properties(device, [&](const cudaDeviceProp& properties) {
    std::memcpy(uuid->bytes, properties.uuid.bytes, sizeof uuid->bytes);
  });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  if (bytes == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return with_properties(
      device, [&](const cudaDeviceProp& properties) { *bytes = properties.totalGlobalMem; });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute,
                                                  CUdevice device) {
  return forward([&] {
    return cudaDeviceGetAttribute(value, static_cast<cudaDeviceAttr>(attribute), device);
  });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  if (major == nullptr || minor == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return with_properties(device, [&](const cudaDeviceProp& properties) {
    *major = properties.major;
    *minor = properties.minor;
  });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetProperties(CUdevprop* out, CUdevice device) {
  if (out == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return with_properties(device, [&](const cudaDeviceProp& properties) {
    out->maxThreadsPerBlock = properties.maxThreadsPerBlock;
    std::copy_n(properties.maxThreadsDim, 3, out->maxThreadsDim);
    std::copy_n(properties.maxGridSize, 3, out->maxGridSize);
    out->sharedMemPerBlock = static_cast<int>(properties.sharedMemPerBlock);
    out->totalConstantMemory = static_cast<int>(properties.totalConstMem);
    out->SIMDWidth = properties.warpSize;
    out->memPitch = static_cast<int>(properties.memPitch);
    out->regsPerBlock = properties.regsPerBlock;
    out->clockRate = 0;
    static_cast<void>(forward(
        [&] { return cudaDeviceGetAttribute(&out->clockRate, cudaDevAttrClockRate, device); }));
    out->textureAlign = static_cast<int>(properties.textureAlignment);
  });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetPCIBusId(char* bus_id, int length, CUdevice device) {
  return forward([&] { return cudaDeviceGetPCIBusId(bus_id, length, device); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetByPCIBusId(CUdevice* device, const char* bus_id) {
  return forward([&] { return cudaDeviceGetByPCIBusId(device, bus_id); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceCanAccessPeer(int* can_access, CUdevice device,
                                                   CUdevice peer) {
  return forward([&] { return cudaDeviceCanAccessPeer(can_access, device, peer); });
}
