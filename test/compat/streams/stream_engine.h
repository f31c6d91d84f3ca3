// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A small engine to be run on streams, with or without a plugin in its middle.
#pragma once

#include <NvInfer.h>
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "sayings.h"
#include "scripted_plugin.h"

namespace streams {

enum class Middle {
  None,          ///< only layers of our own
  Quiet,         ///< a plugin that copies by cudaMemcpyAsync on the stream it is given
  Synchronising  ///< the same, and synchronises that stream before it returns
};

/// y = 2 (x + 1), each of -1, 8 and at most 16 rows.
class Engine {
 public:
  static constexpr int64_t kColumns = 8;

  /// What is set up wrongly is a failure of the running test.
  explicit Engine(Middle middle);
  /// A context whose shape is `rows`, bound to x and y.
  std::unique_ptr<nvinfer1::IExecutionContext> context(float const* x, float* y, int64_t rows = 1);

  Sayings sayings;
  bool failing = false;  ///< from now on the plugin's enqueue returns 7

 private:
  void build(Middle middle);

  scripted::Creator creator_;
  std::unique_ptr<nvinfer1::IRuntime> runtime_;
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
};

/// A code of the CUDA runtime, by name where it is not the expected one.
inline testing::AssertionResult is(cudaError_t expected, cudaError_t code) {
  if (code == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << cudaGetErrorName(code) << ": " << cudaGetErrorString(code);
}
inline testing::AssertionResult done(cudaError_t code) { return is(cudaSuccess, code); }

}  // namespace streams
