// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Buffer walks.
#include "tune/cache_sweeper.h"

#include <algorithm>

#include "base/parallel.h"

namespace tenon::tune {

namespace {

constexpr size_t kLine = 64;
constexpr size_t kLeastBytes = size_t{5} << 20;

/// Reads one byte a cache line. The sum goes through a volatile so that the reads stay.
void read_lines(std::span<const std::byte> bytes) noexcept {
  unsigned sum = 0;
  for (size_t at = 0; at < bytes.size(); at += kLine) sum += static_cast<unsigned>(bytes[at]);
  [[maybe_unused]] volatile unsigned sink = sum;
}

}  // namespace

CacheSweeper::CacheSweeper(const device::Target& target)
    : bytes_(std::max(kLeastBytes, size_t{target.l2_bytes} * 2)) {}

void CacheSweeper::sweep(int threads) noexcept {
  const auto count = static_cast<size_t>(std::max(threads, 1));
  while (buffers_.size() < count) buffers_.emplace_back(bytes_);
  parallel_for(threads, static_cast<int64_t>(count), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) read_lines(buffers_[static_cast<size_t>(i)].bytes());
  });
}

void CacheSweeper::touch(std::span<const std::byte> bytes) noexcept {
  read_lines(bytes.first(std::min(bytes.size(), bytes_ / 4)));
}

}  // namespace tenon::tune
