// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a cuBLAS handle holds, and how every call begins and ends.
#pragma once

#include <cublas_v2.h>

#include <new>

#include "hostcuda/numeric/live.h"
#include "hostcuda/numeric/refusal.h"
#include "hostcuda/numeric/work.h"

struct cublasContext {
  cudaStream_t stream = nullptr;
  cublasPointerMode_t pointer_mode = CUBLAS_POINTER_MODE_HOST;
  cublasAtomicsMode_t atomics_mode = CUBLAS_ATOMICS_NOT_ALLOWED;
  cublasMath_t math_mode = CUBLAS_DEFAULT_MATH;
  int multiprocessors = 0;
};

namespace hostcuda::cublas {

using Handles = Live<cublasContext>;

/// Says `text` by say_refusal() and to the logger's callback.
void tell(const std::string& text);

/// Tells "<call>: <parts>"; returns `status`.
template <typename... Parts>
cublasStatus_t refuse(cublasStatus_t status, const char* call, const Parts&... parts) {
  tell(sentence(call, ": ", parts...));
  return status;
}

/// Puts `work` on the handle's stream.
template <typename Work>
cublasStatus_t enqueue_on(cublasHandle_t handle, Work work) {
  return enqueue(handle->stream, std::move(work)) == cudaSuccess ? CUBLAS_STATUS_SUCCESS
                                                                 : CUBLAS_STATUS_EXECUTION_FAILED;
}

/// Puts `work`, which writes a result of the program, on the handle's stream; in host mode waits
/// for it, and refuses under a capture, where nothing can be waited for.
template <typename Work>
cublasStatus_t enqueue_result(cublasHandle_t handle, const char* call, Work work) {
  const bool waits = handle->pointer_mode == CUBLAS_POINTER_MODE_HOST;
  cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
  if (waits && (cudaStreamIsCapturing(handle->stream, &capture) != cudaSuccess ||
                capture != cudaStreamCaptureStatusNone)) {
    return refuse(CUBLAS_STATUS_NOT_SUPPORTED, call,
                  "a result in host memory needs the work done at once, and the stream captures; "
                  "set CUBLAS_POINTER_MODE_DEVICE");
  }
  const cublasStatus_t status = enqueue_on(handle, std::move(work));
  if (status != CUBLAS_STATUS_SUCCESS || !waits) {
    return status;
  }
  return cudaStreamSynchronize(handle->stream) == cudaSuccess ? CUBLAS_STATUS_SUCCESS
                                                              : CUBLAS_STATUS_EXECUTION_FAILED;
}

/// The body of every call on a handle.
template <typename Body>
cublasStatus_t with_handle(cublasHandle_t handle, const char* call, Body&& body) noexcept {
  try {
    if (!Handles::all().contains(handle)) {
      return refuse(CUBLAS_STATUS_NOT_INITIALIZED, call,
                    "the handle is none that cublasCreate made and that lives");
    }
    return body();
  } catch (const std::bad_alloc&) {
    return CUBLAS_STATUS_ALLOC_FAILED;
  } catch (...) {
    return CUBLAS_STATUS_INTERNAL_ERROR;
  }
}

/// A scalar parameter: read at the call in host mode, when the work runs in device mode.
template <typename Value>
class Scalar {
 public:
  Scalar(cublasHandle_t handle, const Value* pointer)
      : pointer_(handle->pointer_mode == CUBLAS_POINTER_MODE_DEVICE ? pointer : nullptr),
        value_(pointer_ == nullptr ? *pointer : Value()) {}
  Value value() const { return pointer_ == nullptr ? value_ : *pointer_; }

 private:
  const Value* pointer_;
  Value value_;
};

}  // namespace hostcuda::cublas
