// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Libraries of kernels loaded at run time.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Loading. */
cudaError_t cudaLibraryLoadData(cudaLibrary_t* library, const void* code,
                                enum cudaJitOption* jit_options, void** jit_options_values,
                                unsigned int jit_options_count,
                                enum cudaLibraryOption* library_options,
                                void** library_option_values, unsigned int library_options_count);
cudaError_t cudaLibraryLoadFromFile(cudaLibrary_t* library, const char* file_name,
                                    enum cudaJitOption* jit_options, void** jit_options_values,
                                    unsigned int jit_options_count,
                                    enum cudaLibraryOption* library_options,
                                    void** library_option_values,
                                    unsigned int library_options_count);
cudaError_t cudaLibraryUnload(cudaLibrary_t library);

/** What a library holds. */
cudaError_t cudaLibraryGetKernel(cudaKernel_t* kernel, cudaLibrary_t library, const char* name);
cudaError_t cudaLibraryGetGlobal(void** pointer, size_t* bytes, cudaLibrary_t library,
                                 const char* name);
cudaError_t cudaLibraryGetManaged(void** pointer, size_t* bytes, cudaLibrary_t library,
                                  const char* name);
cudaError_t cudaLibraryGetUnifiedFunction(void** fptr, cudaLibrary_t library, const char* symbol);
cudaError_t cudaLibraryGetKernelCount(unsigned int* count, cudaLibrary_t lib);
cudaError_t cudaLibraryEnumerateKernels(cudaKernel_t* kernels, unsigned int kernels_count,
                                        cudaLibrary_t lib);
cudaError_t cudaKernelSetAttributeForDevice(cudaKernel_t kernel, enum cudaFuncAttribute attribute,
                                            int value, int device);

HOSTCUDA_CALLS_END
