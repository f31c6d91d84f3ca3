// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Device memory allocators: implemented by the user, called by the library.
#pragma once

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// Hints for an allocation; bit i of AllocatorFlags is enumerator i.
enum class AllocatorFlag : int32_t {
  kRESIZABLE = 0,  ///< reallocate() may be called for this block
};
namespace impl {
template <>
struct EnumMaxImpl<AllocatorFlag> {
  static constexpr int32_t kVALUE = 1;
};
}  // namespace impl
using AllocatorFlags = uint32_t;

namespace v_1_0 {

/// Supplies device memory; on CPU engines, host memory. All methods must be thread-safe.
class IGpuAllocator : public IVersionedInterface {
 public:
  /// `size` bytes at a multiple of `alignment` (zero or a power of two). Null when there is no
  /// memory or when size is zero.
  TRT_DEPRECATED virtual void* allocate(uint64_t const size, uint64_t const alignment,
                                        AllocatorFlags const flags) noexcept = 0;

  ~IGpuAllocator() override = default;
  IGpuAllocator() = default;

  /// Grows or shrinks a kRESIZABLE block and keeps its content; null when it cannot, and then the
  /// block is unchanged.
  virtual void* reallocate(void* const /*baseAddr*/, uint64_t /*alignment*/,
                           uint64_t /*newSize*/) noexcept {
    return nullptr;
  }

  /// Frees a block of this allocator; null is permitted. False when the block is not its own.
  TRT_DEPRECATED virtual bool deallocate(void* const memory) noexcept = 0;

  /// As allocate; the block need only be usable by work put on `stream` afterwards.
  virtual void* allocateAsync(uint64_t const size, uint64_t const alignment,
                              AllocatorFlags const flags, cudaStream_t /*stream*/) noexcept {
    return allocate(size, alignment, flags);
  }

  /// As deallocate, once the work put on `stream` before is done.
  virtual bool deallocateAsync(void* const memory, cudaStream_t /*stream*/) noexcept {
    return deallocate(memory);
  }

  InterfaceInfo getInterfaceInfo() const noexcept override { return {"IGpuAllocator", 1, 0}; }

 protected:
  IGpuAllocator(IGpuAllocator const&) = default;
  IGpuAllocator(IGpuAllocator&&) = default;
  IGpuAllocator& operator=(IGpuAllocator const&) & = default;
  IGpuAllocator& operator=(IGpuAllocator&&) & = default;
};

/// An allocator that only knows stream-ordered calls; the others go to the null stream.
class IGpuAsyncAllocator : public IGpuAllocator {
 public:
  IGpuAsyncAllocator() = default;
  ~IGpuAsyncAllocator() override = default;

  void* allocateAsync(uint64_t const size, uint64_t const alignment, AllocatorFlags const flags,
                      cudaStream_t stream) noexcept override = 0;
  bool deallocateAsync(void* const memory, cudaStream_t stream) noexcept override = 0;

  TRT_DEPRECATED void* allocate(uint64_t const size, uint64_t const alignment,
                                AllocatorFlags const flags) noexcept override {
    return allocateAsync(size, alignment, flags, nullptr);
  }
  TRT_DEPRECATED bool deallocate(void* const memory) noexcept override {
    return deallocateAsync(memory, nullptr);
  }

  InterfaceInfo getInterfaceInfo() const noexcept override { return {"IGpuAllocator", 1, 0}; }
};

}  // namespace v_1_0

using IGpuAllocator = v_1_0::IGpuAllocator;
using IGpuAsyncAllocator = v_1_0::IGpuAsyncAllocator;

}  // namespace nvinfer1
