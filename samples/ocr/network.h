// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine with one input and one output, whose extents change from run to run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace sample {

/// Used by one thread at a time. Failures throw std::runtime_error.
class Network {
 public:
  /// Loads the engine file at `path`; the file must not change while the network lives.
  Network(nvinfer1::IRuntime& runtime, std::string const& path);

  /// Greatest extents of the input, by the engine's profile.
  nvinfer1::Dims greatest() const;
  nvinfer1::Dims least() const;

  /// Runs on an input of these extents, row-major, and leaves the output's extents in `shape`.
  std::vector<float> run(nvinfer1::Dims const& extents, std::vector<float> const& input,
                         nvinfer1::Dims& shape);

 private:
  nvinfer1::Dims profileShape(nvinfer1::OptProfileSelector select) const;

  std::string path_;
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
  char const* input_ = nullptr;
  char const* output_ = nullptr;
};

}  // namespace sample
