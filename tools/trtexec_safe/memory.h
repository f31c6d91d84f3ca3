// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory for graphs and their tensors, from the CUDA runtime.
#pragma once

#include "NvInferSafeMemAllocator.h"

namespace tenon::trtexec_safe {

/// kGPU by cudaMalloc, kCPU_PINNED by cudaHostAlloc, kCPU by the C library. Thread-safe; refuses to
/// free what it does not hold.
nvinfer2::safe::ISafeMemAllocator& allocator();

/// A block of `allocator()`, freed with the object.
class Block {
 public:
  /// Throws Failure when there is no memory.
  Block(uint64_t bytes, nvinfer2::safe::MemoryPlacement placement,
        nvinfer2::safe::MemoryUsage usage, nvinfer2::safe::ISafeRecorder& recorder);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  void* data() const { return data_; }

 private:
  void* data_;
  nvinfer2::safe::MemoryPlacement placement_;
  nvinfer2::safe::ISafeRecorder& recorder_;
};

}  // namespace tenon::trtexec_safe
