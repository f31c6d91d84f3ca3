// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the memory of graphs comes from.
#pragma once

#include "NvInferSafeMemAllocator.h"
#include "base/memory.h"

namespace tenon::safe {

/// While it lives, tenon::allocate on this thread asks `allocator`, and tells `recorder`; without
/// one it answers null. Blocks remember their allocator: tenon::release needs a scope only to tell
/// another recorder than the one they were made with. Scopes nest.
class MemoryScope {
 public:
  MemoryScope(nvinfer2::safe::ISafeMemAllocator& allocator,
              nvinfer2::safe::ISafeRecorder& recorder) noexcept;
  ~MemoryScope();
  MemoryScope(const MemoryScope&) = delete;
  MemoryScope& operator=(const MemoryScope&) = delete;

  nvinfer2::safe::ISafeMemAllocator& allocator;
  nvinfer2::safe::ISafeRecorder& recorder;

 private:
  const MemoryScope* before_;
};

/// tenon::allocate for memory of a certain use.
void* allocate_for(nvinfer2::safe::MemoryUsage usage, size_t bytes, size_t alignment) noexcept;

/// The library's own allocator, over that of the C library. Thread-safe; lives for ever.
nvinfer2::safe::ISafeMemAllocator& default_allocator() noexcept;

}  // namespace tenon::safe
