// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one device: what it says of itself. Textures, clusters and sharing between processes it has
// not, and says so with zeros.
#include "hostcuda/runtime/device/properties.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <iterator>

#include "hostcuda/runtime/device/machine.h"
#include "hostcuda/runtime/memory/bytes.h"

namespace hostcuda {
namespace {

void fill_limits(cudaDeviceProp& of) {
  of.sharedMemPerBlock = kShared;
  of.sharedMemPerBlockOptin = kSharedOptIn;
  of.sharedMemPerMultiprocessor = kSharedPerProcessor;
  of.reservedSharedMemPerBlock = kSharedReserved;
  of.regsPerBlock = of.regsPerMultiprocessor = kRegisters;
  of.warpSize = kWarp;
  of.maxThreadsPerBlock = kMaxThreads;
  std::copy_n(kMaxBlock, 3, of.maxThreadsDim);
  std::copy_n(kMaxGrid, 3, of.maxGridSize);
  of.maxThreadsPerMultiProcessor = kThreadsPerProcessor;
  of.maxBlocksPerMultiProcessor = kBlocksPerProcessor;
  of.totalConstMem = 65536;
  of.memPitch = INT_MAX;
  of.textureAlignment = of.surfaceAlignment = 512;
  of.texturePitchAlignment = 32;
}

/// One memory for host and device, reached by the same addresses.
void fill_memory(cudaDeviceProp& of) {
  of.totalGlobalMem = memory_limit();
  of.l2CacheSize = machine().last_cache;
  of.memoryBusWidth = 64;
  of.integrated = 1;
  of.canMapHostMemory = 1;
  of.unifiedAddressing = 1;
  of.managedMemory = 1;
  of.concurrentManagedAccess = 1;
  of.directManagedMemAccessFromHost = 1;
  of.pageableMemoryAccess = 1;
  of.pageableMemoryAccessUsesHostPageTables = 1;
  of.hostNativeAtomicSupported = 1;
  of.hostRegisterSupported = 1;
  of.hostRegisterReadOnlySupported = 1;
  of.canUseHostPointerForRegisteredMem = 1;
  of.memoryPoolsSupported = 1;
}

cudaDeviceProp make_properties() {
  cudaDeviceProp of = {};
  std::strcpy(of.name, "Tenon host device");
  std::memcpy(of.uuid.bytes, "Tenon host dev 0", sizeof of.uuid.bytes);
  of.major = 8;
  of.minor = 6;
  of.multiProcessorCount = machine().cores;
  of.asyncEngineCount = 2;
  of.concurrentKernels = 1;
  of.streamPrioritiesSupported = 1;
  of.computePreemptionSupported = 1;
  of.globalL1CacheSupported = of.localL1CacheSupported = 1;
  of.deviceNumaId = of.hostNumaId = -1;
  fill_limits(of);
  fill_memory(of);
  return of;
}

/// An attribute that is a property under another name.
struct Row {
  cudaDeviceAttr attribute;
  int value;
};

int number(std::size_t value) { return static_cast<int>(std::min<std::size_t>(value, INT_MAX)); }

/// The attributes that are not zero.
const Row* find_row(cudaDeviceAttr asked) {
  static const cudaDeviceProp& of = properties();
  static const Row rows[] = {
      {cudaDevAttrMaxThreadsPerBlock, of.maxThreadsPerBlock},
      {cudaDevAttrMaxBlockDimX, of.maxThreadsDim[0]},
      {cudaDevAttrMaxBlockDimY, of.maxThreadsDim[1]},
      {cudaDevAttrMaxBlockDimZ, of.maxThreadsDim[2]},
      {cudaDevAttrMaxGridDimX, of.maxGridSize[0]},
      {cudaDevAttrMaxGridDimY, of.maxGridSize[1]},
      {cudaDevAttrMaxGridDimZ, of.maxGridSize[2]},
      {cudaDevAttrMaxSharedMemoryPerBlock, number(of.sharedMemPerBlock)},
      {cudaDevAttrTotalConstantMemory, number(of.totalConstMem)},
      {cudaDevAttrWarpSize, of.warpSize},
      {cudaDevAttrMaxPitch, number(of.memPitch)},
      {cudaDevAttrMaxRegistersPerBlock, of.regsPerBlock},
      {cudaDevAttrClockRate, machine().clock_khz},
      {cudaDevAttrTextureAlignment, number(of.textureAlignment)},
      {cudaDevAttrGpuOverlap, 1},
      {cudaDevAttrMultiProcessorCount, of.multiProcessorCount},
      {cudaDevAttrIntegrated, of.integrated},
      {cudaDevAttrCanMapHostMemory, of.canMapHostMemory},
      {cudaDevAttrSurfaceAlignment, number(of.surfaceAlignment)},
      {cudaDevAttrConcurrentKernels, of.concurrentKernels},
      {cudaDevAttrGlobalMemoryBusWidth, of.memoryBusWidth},
      {cudaDevAttrL2CacheSize, of.l2CacheSize},
      {cudaDevAttrMaxThreadsPerMultiProcessor, of.maxThreadsPerMultiProcessor},
      {cudaDevAttrAsyncEngineCount, of.asyncEngineCount},
      {cudaDevAttrUnifiedAddressing, of.unifiedAddressing},
      {cudaDevAttrTexturePitchAlignment, number(of.texturePitchAlignment)},
      {cudaDevAttrComputeCapabilityMajor, of.major},
      {cudaDevAttrComputeCapabilityMinor, of.minor},
      {cudaDevAttrStreamPrioritiesSupported, of.streamPrioritiesSupported},
      {cudaDevAttrGlobalL1CacheSupported, of.globalL1CacheSupported},
      {cudaDevAttrLocalL1CacheSupported, of.localL1CacheSupported},
      {cudaDevAttrMaxSharedMemoryPerMultiprocessor, number(of.sharedMemPerMultiprocessor)},
      {cudaDevAttrMaxRegistersPerMultiprocessor, of.regsPerMultiprocessor},
      {cudaDevAttrManagedMemory, of.managedMemory},
      {cudaDevAttrHostNativeAtomicSupported, of.hostNativeAtomicSupported},
      {cudaDevAttrSingleToDoublePrecisionPerfRatio, 2},
      {cudaDevAttrPageableMemoryAccess, of.pageableMemoryAccess},
      {cudaDevAttrConcurrentManagedAccess, of.concurrentManagedAccess},
      {cudaDevAttrComputePreemptionSupported, of.computePreemptionSupported},
      {cudaDevAttrCanUseHostPointerForRegisteredMem, of.canUseHostPointerForRegisteredMem},
      {cudaDevAttrMaxSharedMemoryPerBlockOptin, number(of.sharedMemPerBlockOptin)},
      {cudaDevAttrHostRegisterSupported, of.hostRegisterSupported},
      {cudaDevAttrPageableMemoryAccessUsesHostPageTables,
       of.pageableMemoryAccessUsesHostPageTables},
      {cudaDevAttrDirectManagedMemAccessFromHost, of.directManagedMemAccessFromHost},
      {cudaDevAttrMaxBlocksPerMultiprocessor, of.maxBlocksPerMultiProcessor},
      {cudaDevAttrReservedSharedMemoryPerBlock, number(of.reservedSharedMemPerBlock)},
      {cudaDevAttrHostRegisterReadOnlySupported, of.hostRegisterReadOnlySupported},
      {cudaDevAttrMemoryPoolsSupported, of.memoryPoolsSupported},
      {cudaDevAttrNumaId, of.deviceNumaId},
      {cudaDevAttrHostNumaId, of.hostNumaId},
  };
  const Row* const found = std::find_if(std::begin(rows), std::end(rows),
                                        [asked](const Row& row) { return row.attribute == asked; });
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace

const cudaDeviceProp& properties() {
  static const cudaDeviceProp one = make_properties();
  return one;
}

cudaError_t attribute(cudaDeviceAttr asked, int* value) {
  if (asked < cudaDevAttrMaxThreadsPerBlock || asked >= cudaDevAttrMax) {
    return cudaErrorInvalidValue;
  }
  const Row* const row = find_row(asked);
  *value = row ? row->value : 0;
  return cudaSuccess;
}

}  // namespace hostcuda
