// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Hints for managed memory: kept and given back; one memory serves host and device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace hostcuda {

/// What a program advised for an allocation.
struct Hints {
  bool read_mostly = false;
  bool accessed_by_device = false, accessed_by_host = false;
  cudaMemLocation preferred = {cudaMemLocationTypeInvalid, cudaInvalidDeviceId};
  cudaMemLocation prefetched = {cudaMemLocationTypeInvalid, cudaInvalidDeviceId};
};

/// The hints of the allocation with this number; the defaults where none were given. Any thread.
Hints hints_of(std::uint64_t serial);

/// A place as a single number: the device's, cudaCpuDeviceId or cudaInvalidDeviceId.
int device_of(const cudaMemLocation& location);

}  // namespace hostcuda
