// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on captures as version 12 of the interface has them.
#include "hostcuda/runtime/error/form12.h"
#include "hostcuda/runtime/stream/submit.h"

using Status = cudaStreamCaptureStatus;

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_form12(cudaStream_t stream, Status* status,
                                                         unsigned long long* id) {
  return cudaStreamGetCaptureInfo(stream, status, id, nullptr, nullptr, nullptr, nullptr);
}
HOSTCUDA_FORM12(cudaStreamGetCaptureInfo);

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_ptsz_form12(cudaStream_t stream, Status* status,
                                                              unsigned long long* id) {
  return cudaStreamGetCaptureInfo_form12(hostcuda::per_thread(stream), status, id);
}
HOSTCUDA_FORM12(cudaStreamGetCaptureInfo_ptsz);

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_v2(cudaStream_t stream, Status* status,
                                                     unsigned long long* id, cudaGraph_t* graph,
                                                     const cudaGraphNode_t** dependencies,
                                                     size_t* count) {
  return cudaStreamGetCaptureInfo(stream, status, id, graph, dependencies, nullptr, count);
}

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_v2_ptsz(cudaStream_t stream, Status* status,
                                                          unsigned long long* id,
                                                          cudaGraph_t* graph,
                                                          const cudaGraphNode_t** dependencies,
                                                          size_t* count) {
  return cudaStreamGetCaptureInfo_v2(hostcuda::per_thread(stream), status, id, graph, dependencies,
                                     count);
}

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_v3(cudaStream_t stream, Status* status,
                                                     unsigned long long* id, cudaGraph_t* graph,
                                                     const cudaGraphNode_t** dependencies,
                                                     const cudaGraphEdgeData** edges,
                                                     size_t* count) {
  return cudaStreamGetCaptureInfo(stream, status, id, graph, dependencies, edges, count);
}

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_v3_ptsz(
    cudaStream_t stream, Status* status, unsigned long long* id, cudaGraph_t* graph,
    const cudaGraphNode_t** dependencies, const cudaGraphEdgeData** edges, size_t* count) {
  return cudaStreamGetCaptureInfo(hostcuda::per_thread(stream), status, id, graph, dependencies,
                                  edges, count);
}

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies_form12(cudaStream_t stream,
                                                                    cudaGraphNode_t* dependencies,
                                                                    size_t count,
                                                                    unsigned int flags) {
  return cudaStreamUpdateCaptureDependencies(stream, dependencies, nullptr, count, flags);
}
HOSTCUDA_FORM12(cudaStreamUpdateCaptureDependencies);

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies_ptsz_form12(
    cudaStream_t stream, cudaGraphNode_t* dependencies, size_t count, unsigned int flags) {
  return cudaStreamUpdateCaptureDependencies(hostcuda::per_thread(stream), dependencies, nullptr,
                                             count, flags);
}
HOSTCUDA_FORM12(cudaStreamUpdateCaptureDependencies_ptsz);

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies_v2(cudaStream_t stream,
                                                                cudaGraphNode_t* dependencies,
                                                                const cudaGraphEdgeData* edges,
                                                                size_t count, unsigned int flags) {
  return cudaStreamUpdateCaptureDependencies(stream, dependencies, edges, count, flags);
}

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies_v2_ptsz(cudaStream_t stream,
                                                                     cudaGraphNode_t* dependencies,
                                                                     const cudaGraphEdgeData* edges,
                                                                     size_t count,
                                                                     unsigned int flags) {
  return cudaStreamUpdateCaptureDependencies(hostcuda::per_thread(stream), dependencies, edges,
                                             count, flags);
}
