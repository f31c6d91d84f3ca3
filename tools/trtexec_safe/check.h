// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Failed calls as exceptions.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

#include "NvInferSafeRuntime.h"

namespace tenon::trtexec_safe {

/// Ends the run; the message is a sentence.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A call of the CUDA runtime.
inline void check(cudaError_t error, const char* call) {
  if (error == cudaSuccess) return;
  throw Failure(std::string(call) + ": " + cudaGetErrorString(error) + ".");
}

/// A call of the graph; the recorder has the reason.
inline void check(nvinfer2::safe::ErrorCode code, const char* call) {
  if (code == nvinfer2::safe::ErrorCode::kSUCCESS) return;
  throw Failure(std::string(call) + " failed with error code " +
                std::to_string(static_cast<int32_t>(code)) + ".");
}

}  // namespace tenon::trtexec_safe
