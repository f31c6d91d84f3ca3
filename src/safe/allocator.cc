// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The library's own allocator: knows its live blocks, so that nothing is freed twice.
#include <new>

#include "safe/memory.h"
#include "safe/recorder.h"
#include "safe/system.h"

namespace tenon::safe {

namespace {

using nvinfer2::safe::ISafeMemAllocator;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::MemoryPlacement;
using nvinfer2::safe::MemoryUsage;

class DefaultAllocator final : public ISafeMemAllocator {
 public:
  static void operator delete(void* /*memory*/) noexcept {}  // Never deleted.

  void* allocate(uint64_t size, uint64_t alignment, MemoryPlacement /*flags*/,
                 MemoryUsage /*usage*/, ISafeRecorder& recorder) noexcept override {
    if (size == 0 || size > nvinfer2::safe::kMAXIMUM_ALLOC_SIZE ||
        (alignment & (alignment - 1)) != 0) {
      return nullptr;
    }
    if (alignment < alignof(Block)) alignment = alignof(Block);
    const uint64_t before = (sizeof(Block) + alignment - 1) / alignment * alignment;
    void* memory = system_allocate(before + size, alignment);
    if (memory == nullptr) {
      Voice voice(recorder);
      (void)voice.diag().fail(Code::OutOfMemory, "the system has no {} bytes of memory left", size);
      return nullptr;
    }
    auto* given = static_cast<std::byte*>(memory) + before;
    const Lock lock(mutex_);
    auto* block = new (given - sizeof(Block)) Block{memory, given, nullptr, first_};
    if (first_ != nullptr) first_->before = block;
    first_ = block;
    return given;
  }

  bool deallocate(void* memory, MemoryPlacement /*flags*/,
                  ISafeRecorder& recorder) noexcept override {
    if (memory == nullptr) return true;
    const Lock lock(mutex_);
    for (Block* block = first_; block != nullptr; block = block->next) {
      if (block->given != memory) continue;
      (block->before != nullptr ? block->before->next : first_) = block->next;
      if (block->next != nullptr) block->next->before = block->before;
      system_release(block->memory);
      return true;
    }
    Voice voice(recorder);
    (void)voice.diag().fail(Code::InvalidArgument,
                            "memory is freed that the library's allocator did not give, or that "
                            "was freed before");
    return false;
  }

 private:
  /// Stands before what is given; the newest first.
  struct alignas(std::max_align_t) Block {
    void* memory;
    void* given;
    Block* before;
    Block* next;
  };
  Mutex mutex_;
  Block* first_ = nullptr;
};

alignas(DefaultAllocator) std::byte allocator_memory[sizeof(DefaultAllocator)];
DefaultAllocator* the_allocator = nullptr;
Mutex making;

}  // namespace

ISafeMemAllocator& default_allocator() noexcept {
  const Lock lock(making);
  if (the_allocator == nullptr) the_allocator = new (allocator_memory) DefaultAllocator;
  return *the_allocator;
}

}  // namespace tenon::safe
