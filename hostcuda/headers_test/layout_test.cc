// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sizes and alignments that programs built elsewhere rely on, and the conveniences of C++.
#include <cuda_runtime.h>
#include <gtest/gtest.h>
#include <library_types.h>

#include <cstddef>
#include <type_traits>

namespace {

struct Layout {
  const char* name;
  size_t size, alignment;
  size_t expected_size, expected_alignment;
};

#define HOSTCUDA_LAYOUT(type, size, alignment) \
  { #type, sizeof(type), alignof(type), size, alignment }

constexpr Layout kLayouts[] = {
    HOSTCUDA_LAYOUT(cudaChannelFormatDesc, 20, 4),
    HOSTCUDA_LAYOUT(cudaPitchedPtr, 32, 8),
    HOSTCUDA_LAYOUT(cudaExtent, 24, 8),
    HOSTCUDA_LAYOUT(cudaPos, 24, 8),
    HOSTCUDA_LAYOUT(cudaOffset3D, 24, 8),
    HOSTCUDA_LAYOUT(cudaArraySparseProperties, 48, 8),
    HOSTCUDA_LAYOUT(cudaArrayMemoryRequirements, 32, 8),
    HOSTCUDA_LAYOUT(cudaMemcpy3DParms, 160, 8),
    HOSTCUDA_LAYOUT(cudaMemcpy3DPeerParms, 168, 8),
    HOSTCUDA_LAYOUT(cudaMemcpyNodeParams, 176, 8),
    HOSTCUDA_LAYOUT(cudaMemsetParams, 40, 8),
    HOSTCUDA_LAYOUT(cudaMemsetParamsV2, 40, 8),
    HOSTCUDA_LAYOUT(cudaMemcpyAttributes, 24, 4),
    HOSTCUDA_LAYOUT(cudaMemcpy3DOperand, 40, 8),
    HOSTCUDA_LAYOUT(cudaMemcpy3DBatchOp, 112, 8),
    HOSTCUDA_LAYOUT(CUuuid_st, 16, 1),
    HOSTCUDA_LAYOUT(cudaAsyncNotificationInfo, 16, 8),
    HOSTCUDA_LAYOUT(cudaDeviceProp, 1008, 8),
    HOSTCUDA_LAYOUT(cudaExternalMemoryHandleDesc, 104, 8),
    HOSTCUDA_LAYOUT(cudaExternalMemoryBufferDesc, 88, 8),
    HOSTCUDA_LAYOUT(cudaExternalMemoryMipmappedArrayDesc, 128, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreHandleDesc, 96, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreSignalParams, 144, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreWaitParams, 144, 8),
    HOSTCUDA_LAYOUT(cudaKernelNodeParams, 56, 8),
    HOSTCUDA_LAYOUT(cudaKernelNodeParamsV2, 56, 8),
    HOSTCUDA_LAYOUT(cudaHostNodeParams, 16, 8),
    HOSTCUDA_LAYOUT(cudaHostNodeParamsV2, 16, 8),
    HOSTCUDA_LAYOUT(cudaChildGraphNodeParams, 16, 8),
    HOSTCUDA_LAYOUT(cudaEventRecordNodeParams, 8, 8),
    HOSTCUDA_LAYOUT(cudaEventWaitNodeParams, 8, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreSignalNodeParams, 24, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreSignalNodeParamsV2, 24, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreWaitNodeParams, 24, 8),
    HOSTCUDA_LAYOUT(cudaExternalSemaphoreWaitNodeParamsV2, 24, 8),
    HOSTCUDA_LAYOUT(cudaConditionalNodeParams, 24, 8),
    HOSTCUDA_LAYOUT(cudaGraphNodeParams, 256, 8),
    HOSTCUDA_LAYOUT(cudaGraphEdgeData_st, 8, 1),
    HOSTCUDA_LAYOUT(cudaGraphInstantiateParams_st, 32, 8),
    HOSTCUDA_LAYOUT(cudaGraphExecUpdateResultInfo_st, 24, 8),
    HOSTCUDA_LAYOUT(cudaGraphKernelNodeUpdate, 40, 8),
    HOSTCUDA_LAYOUT(cudaFuncAttributes, 144, 8),
    HOSTCUDA_LAYOUT(cudaLaunchMemSyncDomainMap_st, 2, 1),
    HOSTCUDA_LAYOUT(cudaLaunchAttributeValue, 64, 8),
    HOSTCUDA_LAYOUT(cudaLaunchAttribute_st, 72, 8),
    HOSTCUDA_LAYOUT(cudaLaunchConfig_st, 56, 8),
    HOSTCUDA_LAYOUT(cudalibraryHostUniversalFunctionAndDataTable, 32, 8),
    HOSTCUDA_LAYOUT(cudaPointerAttributes, 88, 8),
    HOSTCUDA_LAYOUT(cudaMemLocation, 8, 4),
    HOSTCUDA_LAYOUT(cudaAccessPolicyWindow, 32, 8),
    HOSTCUDA_LAYOUT(cudaMemAccessDesc, 12, 4),
    HOSTCUDA_LAYOUT(cudaMemPoolProps, 88, 8),
    HOSTCUDA_LAYOUT(cudaMemPoolPtrExportData, 64, 1),
    HOSTCUDA_LAYOUT(cudaMemAllocNodeParams, 120, 8),
    HOSTCUDA_LAYOUT(cudaMemAllocNodeParamsV2, 120, 8),
    HOSTCUDA_LAYOUT(cudaMemFreeNodeParams, 8, 8),
    HOSTCUDA_LAYOUT(cudaIpcEventHandle_st, 64, 1),
    HOSTCUDA_LAYOUT(cudaIpcMemHandle_st, 64, 1),
    HOSTCUDA_LAYOUT(cudaMemFabricHandle_st, 64, 1),
    HOSTCUDA_LAYOUT(cudaResourceDesc, 144, 8),
    HOSTCUDA_LAYOUT(cudaResourceViewDesc, 112, 8),
    HOSTCUDA_LAYOUT(cudaTextureDesc, 72, 4),
    HOSTCUDA_LAYOUT(char1, 1, 1),
    HOSTCUDA_LAYOUT(uchar1, 1, 1),
    HOSTCUDA_LAYOUT(short1, 2, 2),
    HOSTCUDA_LAYOUT(ushort1, 2, 2),
    HOSTCUDA_LAYOUT(int1, 4, 4),
    HOSTCUDA_LAYOUT(uint1, 4, 4),
    HOSTCUDA_LAYOUT(long1, 8, 8),
    HOSTCUDA_LAYOUT(ulong1, 8, 8),
    HOSTCUDA_LAYOUT(longlong1, 8, 8),
    HOSTCUDA_LAYOUT(ulonglong1, 8, 8),
    HOSTCUDA_LAYOUT(float1, 4, 4),
    HOSTCUDA_LAYOUT(double1, 8, 8),
    HOSTCUDA_LAYOUT(char2, 2, 2),
    HOSTCUDA_LAYOUT(uchar2, 2, 2),
    HOSTCUDA_LAYOUT(short2, 4, 4),
    HOSTCUDA_LAYOUT(ushort2, 4, 4),
    HOSTCUDA_LAYOUT(int2, 8, 8),
    HOSTCUDA_LAYOUT(uint2, 8, 8),
    HOSTCUDA_LAYOUT(long2, 16, 16),
    HOSTCUDA_LAYOUT(ulong2, 16, 16),
    HOSTCUDA_LAYOUT(longlong2, 16, 16),
    HOSTCUDA_LAYOUT(ulonglong2, 16, 16),
    HOSTCUDA_LAYOUT(float2, 8, 8),
    HOSTCUDA_LAYOUT(double2, 16, 16),
    HOSTCUDA_LAYOUT(char3, 3, 1),
    HOSTCUDA_LAYOUT(uchar3, 3, 1),
    HOSTCUDA_LAYOUT(short3, 6, 2),
    HOSTCUDA_LAYOUT(ushort3, 6, 2),
    HOSTCUDA_LAYOUT(int3, 12, 4),
    HOSTCUDA_LAYOUT(uint3, 12, 4),
    HOSTCUDA_LAYOUT(long3, 24, 8),
    HOSTCUDA_LAYOUT(ulong3, 24, 8),
    HOSTCUDA_LAYOUT(longlong3, 24, 8),
    HOSTCUDA_LAYOUT(ulonglong3, 24, 8),
    HOSTCUDA_LAYOUT(float3, 12, 4),
    HOSTCUDA_LAYOUT(double3, 24, 8),
    HOSTCUDA_LAYOUT(char4, 4, 4),
    HOSTCUDA_LAYOUT(uchar4, 4, 4),
    HOSTCUDA_LAYOUT(short4, 8, 8),
    HOSTCUDA_LAYOUT(ushort4, 8, 8),
    HOSTCUDA_LAYOUT(int4, 16, 16),
    HOSTCUDA_LAYOUT(uint4, 16, 16),
    HOSTCUDA_LAYOUT(long4, 32, 16),
    HOSTCUDA_LAYOUT(ulong4, 32, 16),
    HOSTCUDA_LAYOUT(longlong4, 32, 16),
    HOSTCUDA_LAYOUT(ulonglong4, 32, 16),
    HOSTCUDA_LAYOUT(float4, 16, 16),
    HOSTCUDA_LAYOUT(double4, 32, 16),
};

TEST(Headers, LayoutsAreThoseOfVersion13) {
  for (const Layout& layout : kLayouts) {
    EXPECT_EQ(layout.size, layout.expected_size) << layout.name;
    EXPECT_EQ(layout.alignment, layout.expected_alignment) << layout.name;
  }
}

TEST(Headers, MembersStandWhereVersion13HasThem) {
  EXPECT_EQ(offsetof(cudaDeviceProp, totalGlobalMem), 288u);
  EXPECT_EQ(offsetof(cudaDeviceProp, major), 360u);
  EXPECT_EQ(offsetof(cudaDeviceProp, multiProcessorCount), 384u);
  EXPECT_EQ(offsetof(cudaMemcpy3DParms, extent), 128u);
  EXPECT_EQ(offsetof(cudaMemcpy3DParms, kind), 152u);
  EXPECT_EQ(offsetof(cudaGraphNodeParams, kernel), 16u);
  EXPECT_EQ(offsetof(cudaLaunchAttribute, val), 8u);
}

TEST(Headers, ExtentsCountFromOne) {
  constexpr dim3 line(7);
  static_assert(line.x == 7 && line.y == 1 && line.z == 1);
  const uint3 plain = dim3(1, 2, 3);
  EXPECT_EQ(plain.z, 3u);
  EXPECT_EQ(dim3(plain).y, 2u);
}

TEST(Headers, VectorsAreMadeFromTheirNumbers) {
  const float4 four = make_float4(1, 2, 3, 4);
  EXPECT_EQ(four.w, 4.0f);
  EXPECT_EQ(make_uchar2(1, 2).y, 2);
  EXPECT_EQ(make_double4_32a(1, 2, 3, 4).z, 3.0);
  EXPECT_EQ(make_cudaExtent(1, 2, 3).depth, 3u);
}

TEST(Headers, ErrorsKeepTheirNumbers) {
  EXPECT_EQ(cudaErrorMemoryAllocation, 2);
  EXPECT_EQ(cudaErrorInvalidResourceHandle, 400);
  EXPECT_EQ(cudaErrorNotReady, 600);
  EXPECT_EQ(cudaErrorNotSupported, 801);
  EXPECT_EQ(cudaErrorStreamCaptureUnsupported, 900);
  EXPECT_EQ(CUDA_R_16BF, 14);
}

TEST(Headers, ChannelsFollowTheType) {
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<short2>();
  EXPECT_EQ(format.y, 16);
  EXPECT_EQ(format.z, 0);
  EXPECT_EQ(format.f, cudaChannelFormatKindSigned);
}

}  // namespace
