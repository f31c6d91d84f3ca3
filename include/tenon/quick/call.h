// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the run of a quick plugin receives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/plugin_desc.h"

namespace tenon {
namespace quick {

/// One input or output of a run: its memory and what stands in it. Memory belongs to the engine.
struct Tensor {
  nvinfer1::PluginTensorDesc const* desc = nullptr;
  void* data = nullptr;
  std::int64_t count = 0;  ///< elements; of outputs with a size tensor, at most as many

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
  std::int64_t extent(std::size_t i) const { return desc->dims.d[i]; }
  std::int32_t rank() const { return desc->dims.nbDims; }
  nvinfer1::DataType type() const { return desc->type; }
  nvinfer1::TensorFormat format() const { return desc->format; }
};

/// One run. Work for a stream is put on `stream`; other work is done when run() returns. Inputs may
/// not be written.
struct Call {
  std::vector<Tensor> inputs, outputs;
  void* workspace = nullptr;  ///< as many bytes as workspace() asked for; 256-byte aligned
  std::int32_t tactic = 0;
  cudaStream_t stream = nullptr;
};

}  // namespace quick
}  // namespace tenon
