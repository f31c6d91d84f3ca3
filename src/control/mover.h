// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading, writing and moving what loops and conditionals work on, wherever it lies.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/gpu.h"

namespace tenon::control {

/// Pieces of memory, so many bytes from one to the next.
struct Spread {
  std::byte* first = nullptr;
  size_t apart = 0;
};

/// Memory of the processor, which is moved at once, or of a GPU, which is moved on a stream. One
/// thread at a time. Sizes of zero are no work, and need no memory.
class Mover {
 public:
  /// Null: the processor's. In a scope where the GPU is current.
  explicit Mover(const device::Gpu* gpu);

  /// Where later calls put their work on a GPU.
  void use(const device::Stream& stream) noexcept { stream_ = stream.handle(); }

  /// A number at `from`; on a GPU this waits for all that is on the stream.
  template <class T>
  Status read(const void* from, T& to) noexcept {
    static_assert(sizeof(T) <= sizeof(int64_t));
    return read_bytes(from, &to, sizeof to);
  }
  Status write(void* to, int64_t number) noexcept;
  /// `count` pieces of `bytes`; both sides lie apart.
  Status copy(const Spread& to, const Spread& from, size_t bytes, size_t count) noexcept;
  Status copy(void* to, const void* from, size_t bytes) noexcept;
  /// The same to a lower address, over what is being copied.
  Status move_down(std::byte* to, const std::byte* from, size_t bytes) noexcept;
  Status zero(void* to, size_t bytes) noexcept;

 private:
  Status read_bytes(const void* from, void* to, size_t bytes) noexcept;

  const device::Gpu* gpu_;
  device::PinnedBuffer number_;
  device::CuStream stream_ = nullptr;
};

}  // namespace tenon::control
