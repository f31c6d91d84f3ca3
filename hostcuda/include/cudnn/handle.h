// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The library's handle: its life and its stream; versions, words for answers, logging.
#pragma once

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Life. */
cudnnStatus_t cudnnCreate(cudnnHandle_t* handle);
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle);

/** The stream that calls put their work into. */
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream);
cudnnStatus_t cudnnGetStream(cudnnHandle_t handle, cudaStream_t* stream);

/** Versions of this library, whole or by part, of the runtime below it, and of the newest device
   that the interface knows; whether the parts of the library are of one version. */
size_t cudnnGetVersion(void);
size_t cudnnGetMaxDeviceVersion(void);
size_t cudnnGetCudartVersion(void);
cudnnStatus_t cudnnGetProperty(libraryPropertyType type, int* value);
cudnnStatus_t cudnnGraphVersionCheck(void);
cudnnStatus_t cudnnOpsVersionCheck(void);

/** An answer in words; the calling thread's last refusal in words, cut to max_size with its zero.
 */
const char* cudnnGetErrorString(cudnnStatus_t status);
void cudnnGetLastErrorString(char* message, size_t max_size);

/** Errors of work that ran: none is kept here, a stream answers for its own. */
cudnnStatus_t cudnnQueryRuntimeError(cudnnHandle_t handle, cudnnStatus_t* status,
                                     cudnnErrQueryMode_t mode, cudnnRuntimeTag_t* tag);

/** Who is told of refusals, for the severities in mask. */
cudnnStatus_t cudnnSetCallback(unsigned mask, void* user_data, cudnnCallback_t callback);
cudnnStatus_t cudnnGetCallback(unsigned* mask, void** user_data, cudnnCallback_t* callback);

#ifdef __cplusplus
}
#endif
