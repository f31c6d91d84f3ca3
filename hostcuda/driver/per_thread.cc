// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The forms of calls whose default stream is the calling thread's own: programs compiled for such
// streams link them, and cuGetProcAddress gives them when asked.
#include "hostcuda/driver/per_thread.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

/// Ends a call that blocks: waits for what it put on the thread's stream.
CUresult wait(CUresult started) {
  return started == CUDA_SUCCESS ? cuStreamSynchronize(CU_STREAM_PER_THREAD) : started;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuEventRecord_ptsz(CUevent event, CUstream stream) {
  return cuEventRecord(event, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuEventRecordWithFlags_ptsz(CUevent event, CUstream stream,
                                                         unsigned int flags) {
  return cuEventRecordWithFlags(event, own(stream), flags);
}

HOSTCUDA_DRIVER_API CUresult cuGraphLaunch_ptsz(CUgraphExec executable, CUstream stream) {
  return cuGraphLaunch(executable, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuGraphUpload_ptsz(CUgraphExec executable, CUstream stream) {
  return cuGraphUpload(executable, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuLaunchHostFunc_ptsz(CUstream stream, CUhostFn function, void* data) {
  return cuLaunchHostFunc(own(stream), function, data);
}

HOSTCUDA_DRIVER_API CUresult cuLaunchKernel_ptsz(CUfunction function, unsigned int grid_x,
                                                 unsigned int grid_y, unsigned int grid_z,
                                                 unsigned int block_x, unsigned int block_y,
                                                 unsigned int block_z, unsigned int shared_bytes,
                                                 CUstream stream, void** params, void** extra) {
  return cuLaunchKernel(function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes,
                        own(stream), params, extra);
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocAsync_ptsz(CUdeviceptr* pointer, size_t bytes,
                                                  CUstream stream) {
  return cuMemAllocAsync(pointer, bytes, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocFromPoolAsync_ptsz(CUdeviceptr* pointer, size_t bytes,
                                                          CUmemoryPool pool, CUstream stream) {
  return cuMemAllocFromPoolAsync(pointer, bytes, pool, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemFreeAsync_ptsz(CUdeviceptr pointer, CUstream stream) {
  return cuMemFreeAsync(pointer, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy_ptds(CUdeviceptr target, CUdeviceptr source, size_t bytes) {
  return wait(cuMemcpyAsync(target, source, bytes, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy2DAsync_v2_ptsz(const CUDA_MEMCPY2D* copy, CUstream stream) {
  return cuMemcpy2DAsync_v2(copy, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy2DUnaligned_v2_ptds(const CUDA_MEMCPY2D* copy) {
  return wait(cuMemcpy2DAsync_v2(copy, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy2D_v2_ptds(const CUDA_MEMCPY2D* copy) {
  return wait(cuMemcpy2DAsync_v2(copy, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy3DAsync_v2_ptsz(const CUDA_MEMCPY3D* copy, CUstream stream) {
  return cuMemcpy3DAsync_v2(copy, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpy3D_v2_ptds(const CUDA_MEMCPY3D* copy) {
  return wait(cuMemcpy3DAsync_v2(copy, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyAsync_ptsz(CUdeviceptr target, CUdeviceptr source,
                                                size_t bytes, CUstream stream) {
  return cuMemcpyAsync(target, source, bytes, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoDAsync_v2_ptsz(CUdeviceptr target, CUdeviceptr source,
                                                       size_t bytes, CUstream stream) {
  return cuMemcpyDtoDAsync_v2(target, source, bytes, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoD_v2_ptds(CUdeviceptr target, CUdeviceptr source,
                                                  size_t bytes) {
  return wait(cuMemcpyDtoDAsync_v2(target, source, bytes, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoHAsync_v2_ptsz(void* target, CUdeviceptr source,
                                                       size_t bytes, CUstream stream) {
  return cuMemcpyDtoHAsync_v2(target, source, bytes, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyDtoH_v2_ptds(void* target, CUdeviceptr source, size_t bytes) {
  return wait(cuMemcpyDtoHAsync_v2(target, source, bytes, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyHtoDAsync_v2_ptsz(CUdeviceptr target, const void* source,
                                                       size_t bytes, CUstream stream) {
  return cuMemcpyHtoDAsync_v2(target, source, bytes, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemcpyHtoD_v2_ptds(CUdeviceptr target, const void* source,
                                                  size_t bytes) {
  return wait(cuMemcpyHtoDAsync_v2(target, source, bytes, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD16Async_ptsz(CUdeviceptr target, unsigned short value,
                                                   size_t count, CUstream stream) {
  return cuMemsetD16Async(target, value, count, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD16_v2_ptds(CUdeviceptr target, unsigned short value,
                                                 size_t count) {
  return wait(cuMemsetD16Async(target, value, count, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D16Async_ptsz(CUdeviceptr target, size_t pitch,
                                                     unsigned short value, size_t width,
                                                     size_t height, CUstream stream) {
  return cuMemsetD2D16Async(target, pitch, value, width, height, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D16_v2_ptds(CUdeviceptr target, size_t pitch,
                                                   unsigned short value, size_t width,
                                                   size_t height) {
  return wait(cuMemsetD2D16Async(target, pitch, value, width, height, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D32Async_ptsz(CUdeviceptr target, size_t pitch,
                                                     unsigned int value, size_t width,
                                                     size_t height, CUstream stream) {
  return cuMemsetD2D32Async(target, pitch, value, width, height, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D32_v2_ptds(CUdeviceptr target, size_t pitch,
                                                   unsigned int value, size_t width,
                                                   size_t height) {
  return wait(cuMemsetD2D32Async(target, pitch, value, width, height, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D8Async_ptsz(CUdeviceptr target, size_t pitch,
                                                    unsigned char value, size_t width,
                                                    size_t height, CUstream stream) {
  return cuMemsetD2D8Async(target, pitch, value, width, height, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD2D8_v2_ptds(CUdeviceptr target, size_t pitch,
                                                  unsigned char value, size_t width,
                                                  size_t height) {
  return wait(cuMemsetD2D8Async(target, pitch, value, width, height, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD32Async_ptsz(CUdeviceptr target, unsigned int value,
                                                   size_t count, CUstream stream) {
  return cuMemsetD32Async(target, value, count, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD32_v2_ptds(CUdeviceptr target, unsigned int value,
                                                 size_t count) {
  return wait(cuMemsetD32Async(target, value, count, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD8Async_ptsz(CUdeviceptr target, unsigned char value,
                                                  size_t count, CUstream stream) {
  return cuMemsetD8Async(target, value, count, own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuMemsetD8_v2_ptds(CUdeviceptr target, unsigned char value,
                                                size_t count) {
  return wait(cuMemsetD8Async(target, value, count, CU_STREAM_PER_THREAD));
}

HOSTCUDA_DRIVER_API CUresult cuStreamAddCallback_ptsz(CUstream stream, CUstreamCallback callback,
                                                      void* data, unsigned int flags) {
  return cuStreamAddCallback(own(stream), callback, data, flags);
}

HOSTCUDA_DRIVER_API CUresult cuStreamBeginCapture_v2_ptsz(CUstream stream,
                                                          CUstreamCaptureMode mode) {
  return cuStreamBeginCapture_v2(own(stream), mode);
}

HOSTCUDA_DRIVER_API CUresult cuStreamEndCapture_ptsz(CUstream stream, CUgraph* graph) {
  return cuStreamEndCapture(own(stream), graph);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCaptureInfo_v3_ptsz(
    CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id, CUgraph* graph,
    const CUgraphNode** dependencies, const CUgraphEdgeData** edges, size_t* count) {
  return cuStreamGetCaptureInfo_v3(own(stream), status, id, graph, dependencies, edges, count);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCtx_ptsz(CUstream stream, CUcontext* context) {
  return cuStreamGetCtx(own(stream), context);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCtx_v2_ptsz(CUstream stream, CUcontext* context,
                                                    CUgreenCtx* part) {
  return cuStreamGetCtx_v2(own(stream), context, part);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetDevice_ptsz(CUstream stream, CUdevice* device) {
  return cuStreamGetDevice(own(stream), device);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetFlags_ptsz(CUstream stream, unsigned int* flags) {
  return cuStreamGetFlags(own(stream), flags);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetId_ptsz(CUstream stream, unsigned long long* id) {
  return cuStreamGetId(own(stream), id);
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetPriority_ptsz(CUstream stream, int* priority) {
  return cuStreamGetPriority(own(stream), priority);
}

HOSTCUDA_DRIVER_API CUresult cuStreamIsCapturing_ptsz(CUstream stream,
                                                      CUstreamCaptureStatus* status) {
  return cuStreamIsCapturing(own(stream), status);
}

HOSTCUDA_DRIVER_API CUresult cuStreamQuery_ptsz(CUstream stream) {
  return cuStreamQuery(own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuStreamSynchronize_ptsz(CUstream stream) {
  return cuStreamSynchronize(own(stream));
}

HOSTCUDA_DRIVER_API CUresult cuStreamWaitEvent_ptsz(CUstream stream, CUevent event,
                                                    unsigned int flags) {
  return cuStreamWaitEvent(own(stream), event, flags);
}
