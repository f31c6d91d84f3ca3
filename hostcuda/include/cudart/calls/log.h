// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Messages that the runtime keeps for whoever asks.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** A listener; it is called on the thread that made the failing call. */
typedef void (*cudaLogsCallback_t)(void*, cudaLogLevel, char*, size_t);
cudaError_t cudaLogsRegisterCallback(cudaLogsCallback_t callback_function, void* user_data,
                                     cudaLogsCallbackHandle* out_callback);
cudaError_t cudaLogsUnregisterCallback(cudaLogsCallbackHandle callback);

/** The messages kept. */
cudaError_t cudaLogsCurrent(cudaLogIterator* out_iterator, unsigned int flags);
cudaError_t cudaLogsDumpToFile(cudaLogIterator* iterator, const char* path_to_file,
                               unsigned int flags);
cudaError_t cudaLogsDumpToMemory(cudaLogIterator* iterator, char* buffer, size_t* size,
                                 unsigned int flags);

HOSTCUDA_CALLS_END
