// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls of the C library, or of the driver.
#include "control/mover.h"

#include <algorithm>
#include <cstring>

namespace tenon::control {

using device::cu_address;

Mover::Mover(const device::Gpu* gpu) : gpu_(gpu) {
  if (gpu != nullptr) (void)number_.reserve(*gpu, sizeof(int64_t));
}

Status Mover::read_bytes(const void* from, void* to, size_t bytes) noexcept {
  if (gpu_ == nullptr) {
    std::memcpy(to, from, bytes);
    return {};
  }
  void* at = number_.data() != nullptr ? number_.data() : to;
  int code = gpu_->driver().cuMemcpyDtoHAsync(at, cu_address(from), bytes, stream_);
  if (code == 0) code = gpu_->driver().cuStreamSynchronize(stream_);
  if (at != to) std::memcpy(to, at, bytes);
  return gpu_->to_status(code);
}

Status Mover::write(void* to, int64_t number) noexcept {
  if (gpu_ == nullptr) {
    std::memcpy(to, &number, sizeof number);
    return {};
  }
  // Two fills keep nothing of ours under way, as a copy would.
  uint32_t halves[2];
  std::memcpy(halves, &number, sizeof halves);
  for (size_t i = 0; i < 2; ++i) {
    const device::CuAddress at = cu_address(to) + i * sizeof(uint32_t);
    TENON_TRY(gpu_->to_status(gpu_->driver().cuMemsetD32Async(at, halves[i], 1, stream_)));
  }
  return {};
}

Status Mover::copy(void* to, const void* from, size_t bytes) noexcept {
  if (bytes == 0 || to == from) return {};
  if (gpu_ == nullptr) {
    std::memcpy(to, from, bytes);
    return {};
  }
  return gpu_->to_status(
      gpu_->driver().cuMemcpyDtoDAsync(cu_address(to), cu_address(from), bytes, stream_));
}

Status Mover::copy(const Spread& to, const Spread& from, size_t bytes, size_t count) noexcept {
  constexpr size_t kMostApart = INT32_MAX;
  if (bytes == 0 || count == 0) return {};
  if (gpu_ == nullptr || std::max(to.apart, from.apart) > kMostApart) {
    for (size_t i = 0; i < count; ++i) {
      TENON_TRY(copy(to.first + i * to.apart, from.first + i * from.apart, bytes));
    }
    return {};
  }
  device::CuRowsCopy rows;
  rows.from = cu_address(from.first);
  rows.from_pitch = from.apart;
  rows.to = cu_address(to.first);
  rows.to_pitch = to.apart;
  rows.bytes = bytes;
  rows.rows = count;
  return gpu_->to_status(gpu_->driver().cuMemcpy2DAsync(&rows, stream_));
}

Status Mover::move_down(std::byte* to, const std::byte* from, size_t bytes) noexcept {
  if (bytes == 0 || to == from) return {};
  if (gpu_ == nullptr) {
    std::memmove(to, from, bytes);
    return {};
  }
  // One piece after the other, none of which meets itself.
  const auto apart = static_cast<size_t>(from - to);
  for (size_t at = 0; at < bytes; at += apart) {
    TENON_TRY(copy(to + at, from + at, std::min(apart, bytes - at)));
  }
  return {};
}

Status Mover::zero(void* to, size_t bytes) noexcept {
  if (bytes == 0) return {};
  if (gpu_ == nullptr) {
    std::memset(to, 0, bytes);
    return {};
  }
  return gpu_->to_status(gpu_->driver().cuMemsetD8Async(cu_address(to), 0, bytes, stream_));
}

}  // namespace tenon::control
