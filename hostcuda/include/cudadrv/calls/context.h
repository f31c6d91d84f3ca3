// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Contexts. Each thread has a stack of them and works in the topmost; all share one device's
// memory, streams and events. A thread that has none works in the primary one, as after a call of
// the runtime.
#pragma once

#include "cudadrv/types.h"

CUDADRV_CALLS_BEGIN

/** A new context on top of the calling thread's stack. */
CUresult cuCtxCreate_v2(CUcontext* context, unsigned int flags, CUdevice device);
CUresult cuCtxCreate_v3(CUcontext* context, CUexecAffinityParam* parts, int count,
                        unsigned int flags, CUdevice device);
CUresult cuCtxCreate_v4(CUcontext* context, CUctxCreateParams* params, unsigned int flags,
                        CUdevice device);
/** CUDA_ERROR_INVALID_CONTEXT for the primary one and for one destroyed before. */
CUresult cuCtxDestroy_v2(CUcontext context);

/** The calling thread's stack; popping an empty one is CUDA_ERROR_INVALID_CONTEXT. */
CUresult cuCtxPushCurrent_v2(CUcontext context);
CUresult cuCtxPopCurrent_v2(CUcontext* context);
CUresult cuCtxSetCurrent(CUcontext context);
CUresult cuCtxGetCurrent(CUcontext* context);

CUresult cuCtxGetDevice(CUdevice* device);
CUresult cuCtxGetFlags(unsigned int* flags);
CUresult cuCtxSetFlags(unsigned int flags);
CUresult cuCtxGetId(CUcontext context, unsigned long long* id);
CUresult cuCtxGetApiVersion(CUcontext context, unsigned int* version);
CUresult cuCtxSynchronize(void);
CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest);
CUresult cuCtxSetLimit(CUlimit limit, size_t value);
CUresult cuCtxGetLimit(size_t* value, CUlimit limit);
CUresult cuCtxSetCacheConfig(CUfunc_cache config);
CUresult cuCtxGetCacheConfig(CUfunc_cache* config);

CUDADRV_CALLS_END
