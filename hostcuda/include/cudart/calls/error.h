// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The last error, and codes in words.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Returns the last error of the calling thread and forgets it, unless it is sticky. */
cudaError_t cudaGetLastError(void);

/** The same without forgetting. */
cudaError_t cudaPeekAtLastError(void);

/** Name and sentence of a code; static strings, never null. */
const char* cudaGetErrorName(cudaError_t error);
const char* cudaGetErrorString(cudaError_t error);

HOSTCUDA_CALLS_END
