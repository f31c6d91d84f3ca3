// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The allocator keeps a list of its blocks, so that freeing twice is seen.
#include "tools/trtexec_safe/memory.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>

#include "tools/trtexec_safe/check.h"

namespace tenon::trtexec_safe {

namespace {

using nvinfer2::safe::ErrorCode;
using nvinfer2::safe::ISafeMemAllocator;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::MemoryPlacement;
using nvinfer2::safe::MemoryUsage;

constexpr uint64_t kAlignment = 256;

/// Memory of a placement, aligned for anything; null when there is none.
void* take(uint64_t bytes, uint64_t alignment, MemoryPlacement placement) {
  void* memory = nullptr;
  switch (placement) {
    case MemoryPlacement::kGPU:
      return cudaMalloc(&memory, bytes) == cudaSuccess ? memory : nullptr;
    case MemoryPlacement::kCPU_PINNED:
      return cudaHostAlloc(&memory, bytes, cudaHostAllocMapped) == cudaSuccess ? memory : nullptr;
    default:
      return posix_memalign(&memory, std::max(alignment, kAlignment), bytes) == 0 ? memory
                                                                                  : nullptr;
  }
}

void give_back(void* memory, MemoryPlacement placement) {
  switch (placement) {
    case MemoryPlacement::kGPU:
      (void)cudaFree(memory);
      break;
    case MemoryPlacement::kCPU_PINNED:
      (void)cudaFreeHost(memory);
      break;
    default:
      std::free(memory);
      break;
  }
}

class Allocator final : public ISafeMemAllocator {
 public:
  void* allocate(uint64_t const size, uint64_t const alignment, MemoryPlacement const flags,
                 MemoryUsage const, ISafeRecorder& recorder) noexcept override {
    if (size == 0) return nullptr;
    if (size > nvinfer2::safe::kMAXIMUM_ALLOC_SIZE || (alignment & (alignment - 1)) != 0) {
      recorder.reportError(ErrorCode::kINVALID_ARGUMENT,
                           "a block is larger than 16 GiB, or its alignment no power of two");
      return nullptr;
    }
    void* const memory = take(size, alignment, flags);
    if (memory == nullptr) {
      recorder.reportError(ErrorCode::kFAILED_ALLOCATION, "there is no memory left");
      return nullptr;
    }
    const std::lock_guard lock(mutex_);
    blocks_[memory] = flags;
    return memory;
  }

  bool deallocate(void* const memory, MemoryPlacement const,
                  ISafeRecorder& recorder) noexcept override {
    if (memory == nullptr) return true;
    const std::lock_guard lock(mutex_);
    const auto block = blocks_.find(memory);
    if (block == blocks_.end()) {
      recorder.reportError(ErrorCode::kINVALID_ARGUMENT,
                           "a block is freed twice, or is not of this allocator");
      return false;
    }
    give_back(memory, block->second);
    blocks_.erase(block);
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<void*, MemoryPlacement> blocks_;
};

}  // namespace

ISafeMemAllocator& allocator() {
  static Allocator instance;
  return instance;
}

Block::Block(uint64_t bytes, MemoryPlacement placement, MemoryUsage usage, ISafeRecorder& recorder)
    : data_(allocator().allocate(bytes, kAlignment, placement, usage, recorder)),
      placement_(placement),
      recorder_(recorder) {
  if (data_ == nullptr && bytes > 0) {
    throw Failure("There is no memory for " + std::to_string(bytes) + " bytes.");
  }
}

Block::~Block() { allocator().deallocate(data_, placement_, recorder_); }

}  // namespace tenon::trtexec_safe
