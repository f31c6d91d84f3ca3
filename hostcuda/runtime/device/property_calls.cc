// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What programs ask of a device.
#include <cstdio>
#include <cstring>

#include "hostcuda/runtime/device/properties.h"
#include "hostcuda/runtime/device/properties_12.h"
#include "hostcuda/runtime/error/error.h"

namespace hostcuda {
namespace {

/// domain:bus:device.function of a device that hangs on no bus.
constexpr char kBusId[] = "0000:00:00.0";

bool is_device(int device) { return device >= 0 && device < kDevices; }

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaGetDeviceCount(int* count) {
  return guarded([&] {
    if (!count) return cudaErrorInvalidValue;
    *count = kDevices;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties_of, int device) {
  return guarded([&] {
    if (!properties_of) return cudaErrorInvalidValue;
    if (!is_device(device)) return cudaErrorInvalidDevice;
    *properties_of = properties();
    return cudaSuccess;
  });
}

/// The name that programs built with version 12 call; it fills their structure.
HOSTCUDA_API cudaError_t cudaGetDeviceProperties_v2(DeviceProp12* properties_of, int device) {
  return guarded([&] {
    if (!properties_of) return cudaErrorInvalidValue;
    if (!is_device(device)) return cudaErrorInvalidDevice;
    *properties_of = properties_12(properties());
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr asked, int device) {
  return guarded([&] {
    if (!value) return cudaErrorInvalidValue;
    if (!is_device(device)) return cudaErrorInvalidDevice;
    return attribute(asked, value);
  });
}

HOSTCUDA_API cudaError_t cudaChooseDevice(int* device, const cudaDeviceProp* wanted) {
  return guarded([&] {
    if (!device || !wanted) return cudaErrorInvalidValue;
    *device = 0;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetPCIBusId(char* id, int length, int device) {
  return guarded([&] {
    if (!id || length < static_cast<int>(sizeof kBusId)) return cudaErrorInvalidValue;
    if (!is_device(device)) return cudaErrorInvalidDevice;
    std::memcpy(id, kBusId, sizeof kBusId);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetByPCIBusId(int* device, const char* id) {
  return guarded([&] {
    if (!device || !id) return cudaErrorInvalidValue;
    unsigned int domain = 0, bus = 0, slot = 0, function = 0;
    const bool full = std::sscanf(id, "%x:%x:%x.%x", &domain, &bus, &slot, &function) >= 3;
    if (!full && std::sscanf(id, "%x:%x.%x", &bus, &slot, &function) < 2) {
      return cudaErrorInvalidValue;
    }
    if ((full && domain != 0) || bus != 0 || slot != 0) return cudaErrorInvalidDevice;
    *device = 0;
    return cudaSuccess;
  });
}

// A device has no peer in itself, and there is no other.
HOSTCUDA_API cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
  return guarded([&] {
    if (!can) return cudaErrorInvalidValue;
    if (!is_device(device) || !is_device(peer)) return cudaErrorInvalidDevice;
    *can = 0;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceEnablePeerAccess(int, unsigned int flags) {
  return guarded([&] { return flags != 0 ? cudaErrorInvalidValue : cudaErrorInvalidDevice; });
}

HOSTCUDA_API cudaError_t cudaDeviceDisablePeerAccess(int peer) {
  return guarded(
      [&] { return is_device(peer) ? cudaErrorPeerAccessNotEnabled : cudaErrorInvalidDevice; });
}

HOSTCUDA_API cudaError_t cudaDeviceGetP2PAttribute(int* value, cudaDeviceP2PAttr, int, int) {
  return guarded([&] { return value ? cudaErrorInvalidDevice : cudaErrorInvalidValue; });
}
