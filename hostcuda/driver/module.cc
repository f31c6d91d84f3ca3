// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Device code: a CPU runs none. Whoever brings some hears what would run it.
#include <unistd.h>

#include "hostcuda/driver/call.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

CUresult no_device_code(const char* call, const void* code) {
  if (code == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return refuse(call,
                "was given device code (PTX, cubin or fat binary), which needs a GPU: run it where "
                "there is one, or compile the kernel for the host and launch that",
                CUDA_ERROR_NO_BINARY_FOR_GPU);
}

CUresult no_device_code_in_file(const char* call, const char* file) {
  if (file == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return access(file, R_OK) == 0 ? no_device_code(call, file) : CUDA_ERROR_FILE_NOT_FOUND;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuModuleLoad(CUmodule*, const char* file) {
  return no_device_code_in_file("cuModuleLoad", file);
}

HOSTCUDA_DRIVER_API CUresult cuModuleLoadData(CUmodule*, const void* image) {
  return no_device_code("cuModuleLoadData", image);
}

HOSTCUDA_DRIVER_API CUresult cuModuleLoadDataEx(CUmodule*, const void* image, unsigned int,
                                                CUjit_option*, void**) {
  return no_device_code("cuModuleLoadDataEx", image);
}

HOSTCUDA_DRIVER_API CUresult cuModuleLoadFatBinary(CUmodule*, const void* fat_binary) {
  return no_device_code("cuModuleLoadFatBinary", fat_binary);
}

HOSTCUDA_DRIVER_API CUresult cuLibraryLoadData(CUlibrary*, const void* code, CUjit_option*, void**,
                                               unsigned int, CUlibraryOption*, void**,
                                               unsigned int) {
  return no_device_code("cuLibraryLoadData", code);
}

HOSTCUDA_DRIVER_API CUresult cuLibraryLoadFromFile(CUlibrary*, const char* file, CUjit_option*,
                                                   void**, unsigned int, CUlibraryOption*, void**,
                                                   unsigned int) {
  return no_device_code_in_file("cuLibraryLoadFromFile", file);
}

HOSTCUDA_DRIVER_API CUresult cuLinkCreate_v2(unsigned int, CUjit_option*, void**, CUlinkState*) {
  return refuse("cuLinkCreate", "links device code, which needs a GPU", CUDA_ERROR_NOT_SUPPORTED);
}

// No call above makes a handle, so each that comes is a wrong one.

HOSTCUDA_DRIVER_API CUresult cuModuleUnload(CUmodule) { return CUDA_ERROR_INVALID_HANDLE; }

HOSTCUDA_DRIVER_API CUresult cuModuleGetFunction(CUfunction*, CUmodule, const char*) {
  return CUDA_ERROR_INVALID_HANDLE;
}

HOSTCUDA_DRIVER_API CUresult cuModuleGetGlobal_v2(CUdeviceptr*, size_t*, CUmodule, const char*) {
  return CUDA_ERROR_INVALID_HANDLE;
}

HOSTCUDA_DRIVER_API CUresult cuLibraryUnload(CUlibrary) { return CUDA_ERROR_INVALID_HANDLE; }

HOSTCUDA_DRIVER_API CUresult cuLibraryGetKernel(CUkernel*, CUlibrary, const char*) {
  return CUDA_ERROR_INVALID_HANDLE;
}

HOSTCUDA_DRIVER_API CUresult cuKernelGetFunction(CUfunction*, CUkernel) {
  return CUDA_ERROR_INVALID_HANDLE;
}

/// A function that the runtime gave (cudaGetFuncBySymbol) is a host kernel and is launched as one.
HOSTCUDA_DRIVER_API CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x,
                                            unsigned int grid_y, unsigned int grid_z,
                                            unsigned int block_x, unsigned int block_y,
                                            unsigned int block_z, unsigned int shared_bytes,
                                            CUstream stream, void** params, void** extra) {
  if (extra != nullptr) {
    return refuse("cuLaunchKernel", "takes arguments of host kernels one by one, not packed",
                  CUDA_ERROR_NOT_SUPPORTED);
  }
  return forward_in_context([&] {
    return cudaLaunchKernel(function, dim3(grid_x, grid_y, grid_z), dim3(block_x, block_y, block_z),
                            params, shared_bytes, stream);
  });
}

HOSTCUDA_DRIVER_API CUresult cuModuleGetLoadingMode(CUmoduleLoadingMode* mode) {
  if (mode == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *mode = CU_MODULE_EAGER_LOADING;
  return CUDA_SUCCESS;
}
