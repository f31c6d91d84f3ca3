// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks that know where they came from.
#include "safe/memory.h"

#include <algorithm>
#include <cstdint>

namespace tenon::safe {

namespace {

using nvinfer2::safe::ISafeMemAllocator;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::MemoryPlacement;
using nvinfer2::safe::MemoryUsage;

thread_local const MemoryScope* scope = nullptr;

/// Stands before every block.
struct Origin {
  ISafeMemAllocator* allocator;
  ISafeRecorder* recorder;
  void* memory;  ///< what the allocator gave
};

}  // namespace

MemoryScope::MemoryScope(ISafeMemAllocator& allocator_in, ISafeRecorder& recorder_in) noexcept
    : allocator(allocator_in), recorder(recorder_in), before_(scope) {
  scope = this;
}
MemoryScope::~MemoryScope() { scope = before_; }

void* allocate_for(MemoryUsage usage, size_t bytes, size_t alignment) noexcept {
  if (scope == nullptr) return nullptr;
  alignment = std::max(alignment, alignof(std::max_align_t));
  const size_t before = (sizeof(Origin) + alignment - 1) / alignment * alignment;
  if (bytes > nvinfer2::safe::kMAXIMUM_ALLOC_SIZE - before) return nullptr;
  void* memory = scope->allocator.allocate(before + bytes, alignment, MemoryPlacement::kCPU, usage,
                                           scope->recorder);
  if (memory == nullptr) return nullptr;
  auto* block = static_cast<std::byte*>(memory) + before;
  if (reinterpret_cast<uintptr_t>(block) % alignment != 0) {  // The user's allocator is wrong.
    scope->allocator.deallocate(memory, MemoryPlacement::kCPU, scope->recorder);
    return nullptr;
  }
  *(reinterpret_cast<Origin*>(block) - 1) = {&scope->allocator, &scope->recorder, memory};
  return block;
}

}  // namespace tenon::safe

namespace tenon {

void* allocate(size_t bytes, size_t alignment) noexcept {
  return safe::allocate_for(nvinfer2::safe::MemoryUsage::kGENERIC, bytes, alignment);
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  const safe::Origin origin = *(static_cast<safe::Origin*>(memory) - 1);
  auto& recorder = safe::scope != nullptr ? safe::scope->recorder : *origin.recorder;
  origin.allocator->deallocate(origin.memory, nvinfer2::safe::MemoryPlacement::kCPU, recorder);
}

}  // namespace tenon
