// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One execution context with memory for its inputs and outputs.
#pragma once

#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tools/trtexec/gpu_memory.h"
#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Host memory at a multiple of 256 bytes.
class Buffer {
 public:
  /// Makes room for `bytes`; what was there is lost. Throws std::bad_alloc.
  void resize(size_t bytes);
  void* data() const { return memory_.get(); }
  size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
  size_t size_ = 0;
};

/// An input or output with its memory. Supplies the memory of outputs whose size the data decides.
class Binding final : public nvinfer1::IOutputAllocator {
 public:
  std::string name;
  bool input = false;
  nvinfer1::DataType type{};
  nvinfer1::Dims dims{};
  nvinfer1::Dims strides{};  ///< in vectors, where vectorized
  int32_t vector_dim = -1;   ///< the dimension that is split into vectors, or -1
  int32_t vector_size = 1;
  Buffer buffer;
  bool on_gpu = false;  ///< the engine works on `device`; `buffer` is filled by fetch()
  GpuMemory device;

  /// What the engine is given: memory of the GPU with a copy of `buffer`, or `buffer` itself.
  void* address();
  void fetch();

  /// Elements, padding not counted.
  int64_t volume() const;

  /// Place of logical element `index` (row-major over dims) in the buffer, in elements.
  int64_t offset(int64_t index) const;

  void* reallocateOutput(char const*, void*, uint64_t size, uint64_t) noexcept override;
  void notifyShape(char const*, nvinfer1::Dims const& shape) noexcept override { dims = shape; }
};

/// Used by one thread at a time. Construction throws Failure with the tensor's name.
class Session {
 public:
  /// `number` tells sessions apart; inputs without a file are filled with numbers that it seeds.
  Session(nvinfer1::ICudaEngine& engine, const Options& options, const DataPair& data, int number);

  /// One run, finished on return; throws Failure when it fails.
  void run();
  /// Brings the outputs of a GPU's engine into the bindings' buffers.
  void fetch();
  bool on_gpu() const { return on_gpu_; }

  nvinfer1::IExecutionContext& context() { return *context_; }
  const std::deque<Binding>& bindings() const { return bindings_; }

 private:
  void set_shape(Binding& binding, const ShapeMap& shapes);
  void fill(Binding& binding, const DataPair& data, const ShapeMap& shapes, int number);
  void bind_output(Binding& binding);

  nvinfer1::ICudaEngine& engine_;
  bool on_gpu_;
  Buffer activations_;  // Outlives the context that uses it.
  GpuMemory gpu_activations_;
  std::deque<Binding> bindings_;  // Elements never move.
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
};

}  // namespace tenon::trtexec
