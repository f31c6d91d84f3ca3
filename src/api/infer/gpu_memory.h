// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A user's allocator as the session asks it.
#pragma once

#include "NvInferRuntime.h"
#include "session/memory.h"

namespace tenon::api {

/// Blocks of `allocator`, which outlives this. All calls go to its asynchronous members, which by
/// default call the others; a block that is freed is waited for before.
class GpuMemory final : public session::MemorySource {
 public:
  explicit GpuMemory(nvinfer1::IGpuAllocator& allocator) noexcept : allocator_(allocator) {}
  [[nodiscard]] nvinfer1::IGpuAllocator& user() const noexcept { return allocator_; }

  void* allocate(size_t bytes, size_t alignment, void* stream) noexcept override {
    return allocator_.allocateAsync(bytes, alignment, 0, static_cast<cudaStream_t>(stream));
  }
  void deallocate(void* block) noexcept override { allocator_.deallocateAsync(block, nullptr); }

 private:
  nvinfer1::IGpuAllocator& allocator_;
};

}  // namespace tenon::api
