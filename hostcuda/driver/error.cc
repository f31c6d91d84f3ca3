// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The driver's codes: their names, their texts, and which of the runtime's they stand for.
#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>
#include <set>
#include <string>

#include "hostcuda/driver/call.h"

namespace hostcuda::driver {
namespace {

struct Named {
  CUresult code;
  const char* name;
  const char* text;  ///< null: the runtime's text for the same number
};

constexpr Named kCodes[] = {
#define RESULT(code) {code, #code, nullptr},
#define RESULT_TEXT(code, text) {code, #code, text},
#include "hostcuda/driver/results.def"
};

const Named* find(CUresult code) {
  const Named* found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                    [code](const Named& row) { return row.code == code; });
  return found == std::end(kCodes) ? nullptr : found;
}

}  // namespace

CUresult translate(cudaError_t code) noexcept {
  const auto same = static_cast<CUresult>(code);
  if (find(same) != nullptr) {
    return same;
  }
  switch (code) {
    case cudaErrorInvalidConfiguration:
    case cudaErrorInvalidPitchValue:
    case cudaErrorInvalidSymbol:
    case cudaErrorInvalidHostPointer:
    case cudaErrorInvalidDevicePointer:
    case cudaErrorInvalidMemcpyDirection:
      return CUDA_ERROR_INVALID_VALUE;
    case cudaErrorInvalidDeviceFunction:
      return CUDA_ERROR_INVALID_HANDLE;
    default:
      return CUDA_ERROR_UNKNOWN;
  }
}

CUresult refuse(const char* call, const char* why, CUresult code) noexcept {
  static std::mutex mutex;
  static auto* said = new std::set<std::string>;  // outlives static destructors of the program
  try {
    const std::lock_guard lock(mutex);
    if (said->insert(call).second) {
      std::fprintf(stderr, "hostcuda: %s %s\n", call, why);
    }
  } catch (...) {
    return code;  // no memory to remember the line: the code says it all the same
  }
  return code;
}

}  // namespace hostcuda::driver

HOSTCUDA_DRIVER_API CUresult cuGetErrorName(CUresult error, const char** name) {
  if (name == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const auto* row = hostcuda::driver::find(error);
  *name = row == nullptr ? nullptr : row->name;
  return row == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuGetErrorString(CUresult error, const char** text) {
  if (text == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const auto* row = hostcuda::driver::find(error);
  if (row == nullptr) {
    *text = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
  }
  *text = row->text != nullptr ? row->text : cudaGetErrorString(static_cast<cudaError_t>(error));
  return CUDA_SUCCESS;
}
