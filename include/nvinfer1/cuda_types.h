// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The CUDA types that appear in signatures: from the toolkit, or declared here without it.
#pragma once

// Define TENON_NO_CUDA_TOOLKIT to use the declarations below although a toolkit is installed.
// Both forms name the same types, so objects compiled one way link with objects compiled the other.
#if !defined(TENON_NO_CUDA_TOOLKIT) && defined(__has_include)
#if __has_include(<cuda_runtime_api.h>)
#define TENON_HAS_CUDA_TOOLKIT 1
#endif
#endif

#if defined(TENON_HAS_CUDA_TOOLKIT)
#include <cuda_runtime_api.h>
#else
struct CUstream_st;
struct CUevent_st;
typedef struct CUstream_st* cudaStream_t;
typedef struct CUevent_st* cudaEvent_t;
#endif

// Handles that old plugins receive in attachToContext; always null here.
extern "C" {
struct cublasContext;
struct cudnnContext;
}
