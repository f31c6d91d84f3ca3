// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Declares the per-thread forms, which cuda.h leaves to its macros.
#pragma once

#include "hostcuda/driver/call.h"

CUDADRV_CALLS_BEGIN
CUresult cuEventRecord_ptsz(CUevent event, CUstream stream);
CUresult cuEventRecordWithFlags_ptsz(CUevent event, CUstream stream, unsigned int flags);
CUresult cuGraphLaunch_ptsz(CUgraphExec executable, CUstream stream);
CUresult cuGraphUpload_ptsz(CUgraphExec executable, CUstream stream);
CUresult cuLaunchHostFunc_ptsz(CUstream stream, CUhostFn function, void* data);
CUresult cuLaunchKernel_ptsz(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                             unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                             unsigned int block_z, unsigned int shared_bytes, CUstream stream,
                             void** params, void** extra);
CUresult cuMemAllocAsync_ptsz(CUdeviceptr* pointer, size_t bytes, CUstream stream);
CUresult cuMemAllocFromPoolAsync_ptsz(CUdeviceptr* pointer, size_t bytes, CUmemoryPool pool,
                                      CUstream stream);
CUresult cuMemFreeAsync_ptsz(CUdeviceptr pointer, CUstream stream);
CUresult cuMemcpy_ptds(CUdeviceptr target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpy2DAsync_v2_ptsz(const CUDA_MEMCPY2D* copy, CUstream stream);
CUresult cuMemcpy2DUnaligned_v2_ptds(const CUDA_MEMCPY2D* copy);
CUresult cuMemcpy2D_v2_ptds(const CUDA_MEMCPY2D* copy);
CUresult cuMemcpy3DAsync_v2_ptsz(const CUDA_MEMCPY3D* copy, CUstream stream);
CUresult cuMemcpy3D_v2_ptds(const CUDA_MEMCPY3D* copy);
CUresult cuMemcpyAsync_ptsz(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream);
CUresult cuMemcpyDtoDAsync_v2_ptsz(CUdeviceptr target, CUdeviceptr source, size_t bytes,
                                   CUstream stream);
CUresult cuMemcpyDtoD_v2_ptds(CUdeviceptr target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpyDtoHAsync_v2_ptsz(void* target, CUdeviceptr source, size_t bytes, CUstream stream);
CUresult cuMemcpyDtoH_v2_ptds(void* target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpyHtoDAsync_v2_ptsz(CUdeviceptr target, const void* source, size_t bytes,
                                   CUstream stream);
CUresult cuMemcpyHtoD_v2_ptds(CUdeviceptr target, const void* source, size_t bytes);
CUresult cuMemsetD16Async_ptsz(CUdeviceptr target, unsigned short value, size_t count,
                               CUstream stream);
CUresult cuMemsetD16_v2_ptds(CUdeviceptr target, unsigned short value, size_t count);
CUresult cuMemsetD2D16Async_ptsz(CUdeviceptr target, size_t pitch, unsigned short value,
                                 size_t width, size_t height, CUstream stream);
CUresult cuMemsetD2D16_v2_ptds(CUdeviceptr target, size_t pitch, unsigned short value, size_t width,
                               size_t height);
CUresult cuMemsetD2D32Async_ptsz(CUdeviceptr target, size_t pitch, unsigned int value, size_t width,
                                 size_t height, CUstream stream);
CUresult cuMemsetD2D32_v2_ptds(CUdeviceptr target, size_t pitch, unsigned int value, size_t width,
                               size_t height);
CUresult cuMemsetD2D8Async_ptsz(CUdeviceptr target, size_t pitch, unsigned char value, size_t width,
                                size_t height, CUstream stream);
CUresult cuMemsetD2D8_v2_ptds(CUdeviceptr target, size_t pitch, unsigned char value, size_t width,
                              size_t height);
CUresult cuMemsetD32Async_ptsz(CUdeviceptr target, unsigned int value, size_t count,
                               CUstream stream);
CUresult cuMemsetD32_v2_ptds(CUdeviceptr target, unsigned int value, size_t count);
CUresult cuMemsetD8Async_ptsz(CUdeviceptr target, unsigned char value, size_t count,
                              CUstream stream);
CUresult cuMemsetD8_v2_ptds(CUdeviceptr target, unsigned char value, size_t count);
CUresult cuStreamAddCallback_ptsz(CUstream stream, CUstreamCallback callback, void* data,
                                  unsigned int flags);
CUresult cuStreamBeginCapture_v2_ptsz(CUstream stream, CUstreamCaptureMode mode);
CUresult cuStreamEndCapture_ptsz(CUstream stream, CUgraph* graph);
CUresult cuStreamGetCaptureInfo_v3_ptsz(CUstream stream, CUstreamCaptureStatus* status,
                                        cuuint64_t* id, CUgraph* graph,
                                        const CUgraphNode** dependencies,
                                        const CUgraphEdgeData** edges, size_t* count);
CUresult cuStreamGetCtx_ptsz(CUstream stream, CUcontext* context);
CUresult cuStreamGetCtx_v2_ptsz(CUstream stream, CUcontext* context, CUgreenCtx* part);
CUresult cuStreamGetDevice_ptsz(CUstream stream, CUdevice* device);
CUresult cuStreamGetFlags_ptsz(CUstream stream, unsigned int* flags);
CUresult cuStreamGetId_ptsz(CUstream stream, unsigned long long* id);
CUresult cuStreamGetPriority_ptsz(CUstream stream, int* priority);
CUresult cuStreamIsCapturing_ptsz(CUstream stream, CUstreamCaptureStatus* status);
CUresult cuStreamQuery_ptsz(CUstream stream);
CUresult cuStreamSynchronize_ptsz(CUstream stream);
CUresult cuStreamWaitEvent_ptsz(CUstream stream, CUevent event, unsigned int flags);
CUDADRV_CALLS_END
