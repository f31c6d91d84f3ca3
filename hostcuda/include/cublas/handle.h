// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The library's handle: its life, its stream and its modes; versions, names of answers, logging.
#pragma once

#include "cublas/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Life. Destroying waits for the handle's work. */
cublasStatus_t cublasCreate_v2(cublasHandle_t* handle);
cublasStatus_t cublasDestroy_v2(cublasHandle_t handle);

/** Versions of this library, whole or by part, and of the runtime below it. */
cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version);
cublasStatus_t cublasGetProperty(libraryPropertyType type, int* value);
size_t cublasGetCudartVersion(void);

/** The stream that calls put their work into. Setting it forgets the workspace. */
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream);
cublasStatus_t cublasGetStream_v2(cublasHandle_t handle, cudaStream_t* stream);

/** Memory lent for intermediate results, aligned to 256 bytes: taken, and never touched. */
cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t bytes);

/** Modes; see their types. */
cublasStatus_t cublasGetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t* mode);
cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, cublasPointerMode_t mode);
cublasStatus_t cublasGetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t* mode);
cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t mode);
cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t* mode);
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode);

/** How many multiprocessors to reckon with; zero means all. */
cublasStatus_t cublasGetSmCountTarget(cublasHandle_t handle, int* count);
cublasStatus_t cublasSetSmCountTarget(cublasHandle_t handle, int count);

/** An answer as its enumerator and in words. */
const char* cublasGetStatusName(cublasStatus_t status);
const char* cublasGetStatusString(cublasStatus_t status);

/** Logging: settings are kept; refusals are written to stderr and given to the callback. */
cublasStatus_t cublasLoggerConfigure(int log_is_on, int log_to_stdout, int log_to_stderr,
                                     const char* log_file_name);
cublasStatus_t cublasSetLoggerCallback(cublasLogCallback callback);
cublasStatus_t cublasGetLoggerCallback(cublasLogCallback* callback);

/** Writes that parameter number info of routine had an illegal value. */
void cublasXerbla(const char* routine, int info);

#ifdef __cplusplus
}
#endif
