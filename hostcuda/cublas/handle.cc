// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Handles: life, stream, modes, versions.
#include "hostcuda/cublas/handle.h"

#include <cstdint>

using hostcuda::cublas::Handles;
using hostcuda::cublas::refuse;
using hostcuda::cublas::with_handle;

namespace {

/// Writes a property of a handle to the program's variable.
template <typename Value, typename Member>
cublasStatus_t read(cublasHandle_t handle, const char* call, Value* out, Member member) {
  return with_handle(handle, call, [&] {
    if (out == nullptr) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "the pointer for the answer is null");
    }
    *out = handle->*member;
    return CUBLAS_STATUS_SUCCESS;
  });
}

/// Sets one, if `valid`.
template <typename Value, typename Member>
cublasStatus_t write(cublasHandle_t handle, const char* call, Value value, Member member,
                     bool valid) {
  return with_handle(handle, call, [&] {
    if (!valid) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "there is no mode ",
                    static_cast<int>(value));
    }
    handle->*member = value;
    return CUBLAS_STATUS_SUCCESS;
  });
}

bool is_math_mode(cublasMath_t mode) {
  const int base = mode & ~CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  return (base >= 0 && base <= CUBLAS_FP32_EMULATED_BF16X9_MATH) ||
         base == CUBLAS_FP64_EMULATED_FIXEDPOINT_MATH;
}

}  // namespace

HOSTCUDA_API cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  if (handle == nullptr) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, "cublasCreate",
                  "the pointer for the handle is null");
  }
  *handle = Handles::all().create();
  return *handle == nullptr ? CUBLAS_STATUS_ALLOC_FAILED : CUBLAS_STATUS_SUCCESS;
}

HOSTCUDA_API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  return with_handle(handle, "cublasDestroy", [&] {
    cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
    // The stream may be gone before its handle, and what is captured cannot be waited for.
    if (cudaStreamIsCapturing(handle->stream, &capture) == cudaSuccess &&
        capture == cudaStreamCaptureStatusNone) {
      cudaStreamSynchronize(handle->stream);
    }
    Handles::all().destroy(handle);
    return CUBLAS_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version) {
  return with_handle(handle, "cublasGetVersion", [&] {
    if (version == nullptr) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, "cublasGetVersion",
                    "the pointer for the answer is null");
    }
    *version = CUBLAS_VERSION;
    return CUBLAS_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cublasStatus_t cublasGetProperty(libraryPropertyType type, int* value) {
  constexpr int kParts[] = {CUBLAS_VER_MAJOR, CUBLAS_VER_MINOR, CUBLAS_VER_PATCH};
  if (value == nullptr || type < MAJOR_VERSION || type > PATCH_LEVEL) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, "cublasGetProperty",
                  "it wants a part of the version and a pointer for the answer");
  }
  *value = kParts[type];
  return CUBLAS_STATUS_SUCCESS;
}

HOSTCUDA_API size_t cublasGetCudartVersion() {
  int version = 0;
  return cudaRuntimeGetVersion(&version) == cudaSuccess ? static_cast<size_t>(version) : 0;
}

HOSTCUDA_API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  return with_handle(handle, "cublasSetStream", [&] {
    if (!hostcudaOwnsStream(stream)) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, "cublasSetStream",
                    "the stream is none of this runtime's");
    }
    handle->stream = stream;
    return CUBLAS_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cublasStatus_t cublasGetStream_v2(cublasHandle_t handle, cudaStream_t* stream) {
  return read(handle, "cublasGetStream", stream, &cublasContext::stream);
}

HOSTCUDA_API cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t) {
  return with_handle(handle, "cublasSetWorkspace", [&] {
    return reinterpret_cast<std::uintptr_t>(workspace) % 256 == 0
               ? CUBLAS_STATUS_SUCCESS
               : refuse(CUBLAS_STATUS_INVALID_VALUE, "cublasSetWorkspace",
                        "the workspace is not aligned to 256 bytes");
  });
}

HOSTCUDA_API cublasStatus_t cublasGetPointerMode_v2(cublasHandle_t handle,
                                                    cublasPointerMode_t* mode) {
  return read(handle, "cublasGetPointerMode", mode, &cublasContext::pointer_mode);
}

HOSTCUDA_API cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle,
                                                    cublasPointerMode_t mode) {
  return write(handle, "cublasSetPointerMode", mode, &cublasContext::pointer_mode,
               mode == CUBLAS_POINTER_MODE_HOST || mode == CUBLAS_POINTER_MODE_DEVICE);
}

HOSTCUDA_API cublasStatus_t cublasGetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t* mode) {
  return read(handle, "cublasGetAtomicsMode", mode, &cublasContext::atomics_mode);
}

HOSTCUDA_API cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t mode) {
  return write(handle, "cublasSetAtomicsMode", mode, &cublasContext::atomics_mode,
               mode == CUBLAS_ATOMICS_NOT_ALLOWED || mode == CUBLAS_ATOMICS_ALLOWED);
}

HOSTCUDA_API cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t* mode) {
  return read(handle, "cublasGetMathMode", mode, &cublasContext::math_mode);
}

HOSTCUDA_API cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  return write(handle, "cublasSetMathMode", mode, &cublasContext::math_mode, is_math_mode(mode));
}

HOSTCUDA_API cublasStatus_t cublasGetSmCountTarget(cublasHandle_t handle, int* count) {
  return read(handle, "cublasGetSmCountTarget", count, &cublasContext::multiprocessors);
}

HOSTCUDA_API cublasStatus_t cublasSetSmCountTarget(cublasHandle_t handle, int count) {
  return write(handle, "cublasSetSmCountTarget", count, &cublasContext::multiprocessors,
               count >= 0);
}
