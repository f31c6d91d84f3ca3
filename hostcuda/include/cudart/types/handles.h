// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opaque objects of the runtime, each owned by the library until its own destroy call.
#pragma once

#include <stddef.h>

/** Work in order; two handles are reserved for the default streams (see stream.h). */
typedef struct CUstream_st* cudaStream_t;

/** A point in a stream, for waiting and timing. */
typedef struct CUevent_st* cudaEvent_t;

/** A graph of work, one of its nodes, and what is made of it for launching. */
typedef struct CUgraph_st* cudaGraph_t;
typedef struct CUgraphNode_st* cudaGraphNode_t;
typedef struct CUgraphExec_st* cudaGraphExec_t;
typedef struct CUgraphDeviceUpdatableNode_st* cudaGraphDeviceNode_t;
typedef unsigned long long cudaGraphConditionalHandle;

/** An object whose life a graph shares. */
typedef struct CUuserObject_st* cudaUserObject_t;

/** A kernel as the driver knows it, as a library holds it, and that library. */
typedef struct CUfunc_st* cudaFunction_t;
typedef struct CUkern_st* cudaKernel_t;
typedef struct CUlib_st* cudaLibrary_t;

/** A pool that stream-ordered allocations come from. */
typedef struct CUmemPoolHandle_st* cudaMemPool_t;

/** Memory and semaphores of other interfaces. */
typedef struct CUexternalMemory_st* cudaExternalMemory_t;
typedef struct CUexternalSemaphore_st* cudaExternalSemaphore_t;
typedef struct cudaGraphicsResource* cudaGraphicsResource_t;

/** Arrays in a layout of the device. */
typedef struct cudaArray* cudaArray_t;
typedef const struct cudaArray* cudaArray_const_t;
typedef struct cudaMipmappedArray* cudaMipmappedArray_t;
typedef const struct cudaMipmappedArray* cudaMipmappedArray_const_t;

/** Sampled and raw views of an array. */
typedef unsigned long long cudaTextureObject_t;
typedef unsigned long long cudaSurfaceObject_t;

/** A callback registered for notifications of a device, and one for log messages. */
typedef struct cudaAsyncCallbackEntry* cudaAsyncCallbackHandle_t;
typedef struct CUlogsCallbackEntry_st* cudaLogsCallbackHandle;
typedef unsigned int cudaLogIterator;
