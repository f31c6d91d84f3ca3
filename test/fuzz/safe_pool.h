// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory for one execution of a fuzzer, cheap enough for millions of them: blocks lie one behind
// the other with poisoned gaps, so that ASan sees what leaves them, and what was freed is poisoned.
#pragma once

#include <sanitizer/asan_interface.h>

#include <cstdlib>
#include <cstring>

#include "NvInferSafeMemAllocator.h"

namespace tenon::fuzz {

class Pool final : public nvinfer2::safe::ISafeMemAllocator {
 public:
  static constexpr size_t kBytes = 1 << 20, kBlocks = 4096, kGap = 32;
  static constexpr int kUnknown = 0xA5;  ///< what fresh memory holds

  Pool() { ASAN_POISON_MEMORY_REGION(memory_, kBytes); }
  ~Pool() override { ASAN_UNPOISON_MEMORY_REGION(memory_, kBytes); }

  /// Begins anew; `left` allocations succeed.
  void reset(size_t left) {
    ASAN_POISON_MEMORY_REGION(memory_, used_);
    used_ = count_ = live_ = 0;
    left_ = left;
  }
  [[nodiscard]] size_t live() const { return live_; }

  void* allocate(uint64_t size, uint64_t alignment, nvinfer2::safe::MemoryPlacement,
                 nvinfer2::safe::MemoryUsage, nvinfer2::safe::ISafeRecorder&) noexcept override {
    if (left_ == 0 || count_ == kBlocks || size > kBytes) return nullptr;
    if (alignment < 16) alignment = 16;
    const size_t begin = (used_ + kGap + alignment - 1) / alignment * alignment;
    if (begin + size > kBytes) return nullptr;
    --left_, ++live_;
    ASAN_UNPOISON_MEMORY_REGION(memory_ + begin, size);
    std::memset(memory_ + begin, kUnknown, size);
    blocks_[count_++] = {begin, size};
    used_ = begin + size;
    return memory_ + begin;
  }

  bool deallocate(void* memory, nvinfer2::safe::MemoryPlacement,
                  nvinfer2::safe::ISafeRecorder&) noexcept override {
    if (memory == nullptr) return true;
    for (size_t i = count_; i-- > 0;) {
      if (memory_ + blocks_[i].begin != memory || blocks_[i].freed) continue;
      blocks_[i].freed = true;
      ASAN_POISON_MEMORY_REGION(memory_ + blocks_[i].begin, blocks_[i].size);
      --live_;
      return true;
    }
    std::abort();  // freed twice, or never given
  }

 private:
  struct Block {
    size_t begin = 0, size = 0;
    bool freed = false;
  };
  alignas(4096) unsigned char memory_[kBytes];
  Block blocks_[kBlocks];
  size_t used_ = 0, count_ = 0, live_ = 0, left_ = 0;
};

}  // namespace tenon::fuzz
