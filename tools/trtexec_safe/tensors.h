// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory of a graph's inputs and outputs, filled and made known to it.
#pragma once

#include <memory>
#include <vector>

#include "tools/trtexec_safe/memory.h"
#include "tools/trtexec_safe/options.h"
#include "tools/trtexec_safe/recorder.h"

#include "NvInferSafeRuntime.h"

namespace tenon::trtexec_safe {

/// Bytes that a tensor takes in memory, padding included.
uint64_t bytes_of(const nvinfer2::safe::TensorDescriptor& descriptor);

/// Memory by address and element type; throws Failure for a type that has no such form.
nvinfer2::safe::TypedArray typed(void* data, nvinfer2::safe::DataType type, uint64_t bytes);

/// Inputs hold the files of --loadInputs, or zeros.
class Tensors {
 public:
  /// Throws Failure: no memory, a file that does not fit, a name that no tensor has.
  Tensors(nvinfer2::safe::ITRTGraph& graph, const Options& options, Recorder& recorder);

 private:
  void add(nvinfer2::safe::ITRTGraph& graph, const nvinfer2::safe::TensorDescriptor& descriptor,
           const Options& options, Recorder& recorder);

  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace tenon::trtexec_safe
