// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names and words of the answers, the logger, and the calls that are not there.
#include <atomic>
#include <cstdio>

#include "hostcuda/cublas/handle.h"

namespace hostcuda::cublas {
namespace {

std::atomic<cublasLogCallback> callback = nullptr;

struct Word {
  cublasStatus_t status;
  const char* name;
  const char* text;
};

constexpr Word kWords[] = {
    {CUBLAS_STATUS_SUCCESS, "CUBLAS_STATUS_SUCCESS", "success"},
    {CUBLAS_STATUS_NOT_INITIALIZED, "CUBLAS_STATUS_NOT_INITIALIZED", "the handle was not created"},
    {CUBLAS_STATUS_ALLOC_FAILED, "CUBLAS_STATUS_ALLOC_FAILED", "memory ran out"},
    {CUBLAS_STATUS_INVALID_VALUE, "CUBLAS_STATUS_INVALID_VALUE",
     "a parameter has a value that is not allowed"},
    {CUBLAS_STATUS_ARCH_MISMATCH, "CUBLAS_STATUS_ARCH_MISMATCH",
     "the device lacks what the call needs"},
    {CUBLAS_STATUS_MAPPING_ERROR, "CUBLAS_STATUS_MAPPING_ERROR",
     "memory of the device could not be reached"},
    {CUBLAS_STATUS_EXECUTION_FAILED, "CUBLAS_STATUS_EXECUTION_FAILED", "the work could not be run"},
    {CUBLAS_STATUS_INTERNAL_ERROR, "CUBLAS_STATUS_INTERNAL_ERROR", "the library failed within"},
    {CUBLAS_STATUS_NOT_SUPPORTED, "CUBLAS_STATUS_NOT_SUPPORTED",
     "the call is not supported with these parameters"},
    {CUBLAS_STATUS_LICENSE_ERROR, "CUBLAS_STATUS_LICENSE_ERROR", "a license is missing"},
};

const Word* find(cublasStatus_t status) {
  for (const Word& word : kWords) {
    if (word.status == status) {
      return &word;
    }
  }
  return nullptr;
}

}  // namespace

void tell(const std::string& text) {
  say_refusal(text);
  if (const cublasLogCallback call = callback) {
    call(text.c_str());
  }
}

/// For the table of refused calls, which knows no header of the interface.
int refuse_call(const char* call) noexcept {
  try {
    return refuse(CUBLAS_STATUS_NOT_SUPPORTED, call, "not supported by cuBLAS on the CPU");
  } catch (...) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

}  // namespace hostcuda::cublas

HOSTCUDA_API const char* cublasGetStatusName(cublasStatus_t status) {
  const auto* const word = hostcuda::cublas::find(status);
  return word == nullptr ? "unrecognized status" : word->name;
}

HOSTCUDA_API const char* cublasGetStatusString(cublasStatus_t status) {
  const auto* const word = hostcuda::cublas::find(status);
  return word == nullptr ? "unrecognized status" : word->text;
}

HOSTCUDA_API cublasStatus_t cublasLoggerConfigure(int, int, int, const char*) {
  return CUBLAS_STATUS_SUCCESS;
}

HOSTCUDA_API cublasStatus_t cublasSetLoggerCallback(cublasLogCallback callback) {
  hostcuda::cublas::callback = callback;
  return CUBLAS_STATUS_SUCCESS;
}

HOSTCUDA_API cublasStatus_t cublasGetLoggerCallback(cublasLogCallback* callback) {
  if (callback == nullptr) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  *callback = hostcuda::cublas::callback;
  return CUBLAS_STATUS_SUCCESS;
}

HOSTCUDA_API void cublasXerbla(const char* routine, int info) {
  std::fprintf(stderr, "hostcuda: on entry to %s parameter number %d had an illegal value\n",
               routine == nullptr ? "an unnamed routine" : routine, info);
}
