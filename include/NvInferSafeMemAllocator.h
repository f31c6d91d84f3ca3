// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the safe runtime gets memory: implemented by the user.
#pragma once

#include <cstdint>

#include "NvInferSafeRecorder.h"

namespace nvinfer2 {
namespace safe {

/// The most bytes asked for at once.
constexpr uint64_t kMAXIMUM_ALLOC_SIZE{17179869184U};

/// What kind of memory. On CPU engines kGPU memory is host memory too.
enum class MemoryPlacement : uint32_t {
  kNONE = 0x0,
  kMANAGED = 0x1,  ///< not asked for
  kGPU = 0x2,
  kCPU = 0x4,
  kCPU_PINNED = 0x80
};

/// What memory is for.
enum class MemoryUsage : uint32_t {
  kGENERIC = 0x0,
  kIMMUTABLE = 0x3,  ///< weights, shared by the clones of a graph
  kSCRATCH = 0x5,    ///< intermediate tensors of one graph
  kIOTENSOR = 0x6    ///< inputs and outputs
};

/// Supplies memory while graphs are created and destroyed, never while they run. Must be
/// thread-safe and outlive the graphs.
class ISafeMemAllocator {
 public:
  /// `size` bytes at a multiple of `alignment` (zero or a power of two). Null when there is no
  /// memory or when size is zero.
  virtual void* allocate(uint64_t const size, uint64_t const alignment, MemoryPlacement const flags,
                         MemoryUsage const usage, ISafeRecorder& recorder) noexcept = 0;

  virtual ~ISafeMemAllocator() = default;
  ISafeMemAllocator() = default;

  /// Frees a block of this allocator; null is permitted. False when the block is not its own, or
  /// has been freed already.
  virtual bool deallocate(void* const memory, MemoryPlacement const flags,
                          ISafeRecorder& recorder) noexcept = 0;

 protected:
  ISafeMemAllocator(ISafeMemAllocator const&) = default;
  ISafeMemAllocator(ISafeMemAllocator&&) = default;
  ISafeMemAllocator& operator=(ISafeMemAllocator const&) & = default;
  ISafeMemAllocator& operator=(ISafeMemAllocator&&) & = default;
};

}  // namespace safe
}  // namespace nvinfer2
