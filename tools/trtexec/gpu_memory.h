// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory for engines that run on a GPU, through the CUDA runtime of this machine.
#pragma once

#include <cstddef>
#include <utility>

namespace tenon::trtexec {

/// Owns memory of the current GPU; empty when made so. Members throw Failure with the runtime's
/// words.
class GpuMemory {
 public:
  GpuMemory() = default;
  ~GpuMemory() { release(); }
  GpuMemory(GpuMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  GpuMemory& operator=(GpuMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  /// Makes room for `bytes`; what was there is lost.
  void resize(size_t bytes);
  void* data() const { return data_; }
  size_t size() const { return size_; }
  /// Copies size() bytes at most; both wait for the copy.
  void upload(const void* from, size_t bytes);
  void download(void* to, size_t bytes) const;

 private:
  void release() noexcept;
  void* data_ = nullptr;
  size_t size_ = 0;
};

/// Waits for all that was put on the GPU's streams; throws Failure when it failed.
void wait_for_gpu();

}  // namespace tenon::trtexec
