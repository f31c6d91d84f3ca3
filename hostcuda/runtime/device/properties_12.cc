// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is known of a device as programs built with version 12 of the interface expect it.
#include "hostcuda/runtime/device/properties_12.h"

#include <cstring>

#include "hostcuda/runtime/device/machine.h"

namespace hostcuda {
namespace {

/// Members that both versions have under the same name and type.
// clang-format off
#define HOSTCUDA_SHARED(SAME) \
  SAME(name) SAME(uuid) SAME(luid) SAME(luidDeviceNodeMask) SAME(totalGlobalMem) \
  SAME(sharedMemPerBlock) SAME(regsPerBlock) SAME(warpSize) SAME(memPitch) \
  SAME(maxThreadsPerBlock) SAME(maxThreadsDim) SAME(maxGridSize) SAME(totalConstMem) \
  SAME(major) SAME(minor) SAME(textureAlignment) SAME(texturePitchAlignment) \
  SAME(multiProcessorCount) SAME(integrated) SAME(canMapHostMemory) SAME(maxTexture1D) \
  SAME(maxTexture1DMipmap) SAME(maxTexture2D) SAME(maxTexture2DMipmap) \
  SAME(maxTexture2DLinear) SAME(maxTexture2DGather) SAME(maxTexture3D) SAME(maxTexture3DAlt) \
  SAME(maxTextureCubemap) SAME(maxTexture1DLayered) SAME(maxTexture2DLayered) \
  SAME(maxTextureCubemapLayered) SAME(maxSurface1D) SAME(maxSurface2D) SAME(maxSurface3D) \
  SAME(maxSurface1DLayered) SAME(maxSurface2DLayered) SAME(maxSurfaceCubemap) \
  SAME(maxSurfaceCubemapLayered) SAME(surfaceAlignment) SAME(concurrentKernels) \
  SAME(ECCEnabled) SAME(pciBusID) SAME(pciDeviceID) SAME(pciDomainID) SAME(tccDriver) \
  SAME(asyncEngineCount) SAME(unifiedAddressing) SAME(memoryBusWidth) SAME(l2CacheSize) \
  SAME(persistingL2CacheMaxSize) SAME(maxThreadsPerMultiProcessor) \
  SAME(streamPrioritiesSupported) SAME(globalL1CacheSupported) SAME(localL1CacheSupported) \
  SAME(sharedMemPerMultiprocessor) SAME(regsPerMultiprocessor) SAME(managedMemory) \
  SAME(isMultiGpuBoard) SAME(multiGpuBoardGroupID) SAME(hostNativeAtomicSupported) \
  SAME(pageableMemoryAccess) SAME(concurrentManagedAccess) SAME(computePreemptionSupported) \
  SAME(canUseHostPointerForRegisteredMem) SAME(cooperativeLaunch) SAME(sharedMemPerBlockOptin) \
  SAME(pageableMemoryAccessUsesHostPageTables) SAME(directManagedMemAccessFromHost) \
  SAME(maxBlocksPerMultiProcessor) SAME(accessPolicyMaxWindowSize) \
  SAME(reservedSharedMemPerBlock) SAME(hostRegisterSupported) SAME(sparseCudaArraySupported) \
  SAME(hostRegisterReadOnlySupported) SAME(timelineSemaphoreInteropSupported) \
  SAME(memoryPoolsSupported) SAME(gpuDirectRDMASupported) \
  SAME(gpuDirectRDMAFlushWritesOptions) SAME(gpuDirectRDMAWritesOrdering) \
  SAME(memoryPoolSupportedHandleTypes) SAME(deferredMappingCudaArraySupported) \
  SAME(ipcEventSupported) SAME(clusterLaunch) SAME(unifiedFunctionPointers)
// clang-format on

template <typename Member>
void take(Member& to, const Member& from) {
  std::memcpy(&to, &from, sizeof to);
}

}  // namespace

DeviceProp12 properties_12(const cudaDeviceProp& properties) {
  DeviceProp12 old = {};
#define HOSTCUDA_TAKE(member) take(old.member, properties.member);
  HOSTCUDA_SHARED(HOSTCUDA_TAKE)
#undef HOSTCUDA_TAKE
  old.clockRate = machine().clock_khz;
  old.deviceOverlap = 1;
  old.singleToDoublePrecisionPerfRatio = 2;
  return old;
}

}  // namespace hostcuda
