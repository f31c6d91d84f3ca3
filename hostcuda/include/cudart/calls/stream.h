// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams: life, order, waiting and capture.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Life. Destroying lets queued work end on its own. */
cudaError_t cudaStreamCreate(cudaStream_t* stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags);
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int priority);
cudaError_t cudaStreamDestroy(cudaStream_t stream);

/** What a stream is. */
cudaError_t cudaStreamGetPriority(cudaStream_t stream, int* priority);
cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned int* flags);
cudaError_t cudaStreamGetId(cudaStream_t stream, unsigned long long* stream_id);
cudaError_t cudaStreamGetDevice(cudaStream_t stream, int* device);
cudaError_t cudaStreamGetAttribute(cudaStream_t stream, cudaLaunchAttributeID attribute,
                                   cudaLaunchAttributeValue* out_value);
cudaError_t cudaStreamSetAttribute(cudaStream_t stream, cudaLaunchAttributeID attribute,
                                   const cudaLaunchAttributeValue* value);
cudaError_t cudaStreamCopyAttributes(cudaStream_t target, cudaStream_t source);

/** Waiting; query answers cudaErrorNotReady while there is work. */
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamQuery(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned int flags HOSTCUDA_DEFAULT(0));

/** Work of the host. */
typedef void (*cudaStreamCallback_t)(cudaStream_t, cudaError_t, void*);
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void* user_data);
cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback,
                                  void* user_data, unsigned int flags);
cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, void* pointer,
                                     size_t length HOSTCUDA_DEFAULT(0),
                                     unsigned int flags HOSTCUDA_DEFAULT(cudaMemAttachSingle));

/** Capture of a stream into a graph. */
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode);
cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph,
                                          const cudaGraphNode_t* dependencies,
                                          const cudaGraphEdgeData* dependency_data,
                                          size_t dependencies_count,
                                          enum cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                  enum cudaStreamCaptureStatus* capture_status);
cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream,
                                     enum cudaStreamCaptureStatus* out_capture_status,
                                     unsigned long long* out_id HOSTCUDA_DEFAULT(0),
                                     cudaGraph_t* out_graph HOSTCUDA_DEFAULT(0),
                                     const cudaGraphNode_t** out_dependencies HOSTCUDA_DEFAULT(0),
                                     const cudaGraphEdgeData** out_edge_data HOSTCUDA_DEFAULT(0),
                                     size_t* out_count_dependencies HOSTCUDA_DEFAULT(0));
cudaError_t cudaStreamUpdateCaptureDependencies(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                                const cudaGraphEdgeData* dependency_data,
                                                size_t dependencies_count,
                                                unsigned int flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaThreadExchangeStreamCaptureMode(enum cudaStreamCaptureMode* mode);

HOSTCUDA_CALLS_END
