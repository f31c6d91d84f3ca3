// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents of a tensor, and other short lists of integers: fixed capacity, no allocation.
#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace tenon {

/// At most eight int64 numbers: extents, strides, axes, kernel sizes. A rank-0 Dims is a scalar's
/// shape. Unused entries are zero, so that equality and bytes agree.
class Dims {
 public:
  static constexpr int kMaxRank = 8;

  constexpr Dims() = default;
  constexpr Dims(std::initializer_list<int64_t> values) {
    for (int64_t value : values) push_back(value);
  }
  static constexpr Dims filled(int rank, int64_t value) {
    Dims dims;
    for (int i = 0; i < rank; ++i) dims.push_back(value);
    return dims;
  }

  [[nodiscard]] constexpr int rank() const noexcept { return rank_; }
  [[nodiscard]] constexpr int size() const noexcept { return rank_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return rank_ == 0; }
  constexpr int64_t& operator[](int i) noexcept { return assert(i >= 0 && i < rank_), d_[i]; }
  constexpr int64_t operator[](int i) const noexcept { return assert(i >= 0 && i < rank_), d_[i]; }
  constexpr void push_back(int64_t value) noexcept {
    assert(rank_ < kMaxRank);
    d_[rank_++] = value;
  }
  constexpr const int64_t* begin() const noexcept { return d_; }
  constexpr const int64_t* end() const noexcept { return d_ + rank_; }
  constexpr int64_t* begin() noexcept { return d_; }
  constexpr int64_t* end() noexcept { return d_ + rank_; }
  [[nodiscard]] constexpr int64_t back() const noexcept { return (*this)[rank_ - 1]; }

  /// Product of all entries; 1 for rank 0. Checked by whoever reads hostile files, not here.
  [[nodiscard]] constexpr int64_t volume() const noexcept {
    int64_t product = 1;
    for (int64_t value : *this) product *= value;
    return product;
  }
  friend constexpr bool operator==(const Dims&, const Dims&) = default;

 private:
  int32_t rank_ = 0;
  int64_t d_[kMaxRank] = {};
};

/// True if the product of the entries, none negative, is at most `most`.
constexpr bool volume_within(const Dims& extents, int64_t most) noexcept {
  int64_t volume = 1;
  for (const int64_t extent : extents) {
    if (extent < 0 || __builtin_mul_overflow(volume, extent, &volume) || volume > most) {
      return false;
    }
  }
  return true;
}

/// Row-major element strides of `dims`.
constexpr Dims row_major_strides(const Dims& dims) noexcept {
  Dims strides = dims;
  int64_t step = 1;
  for (int i = dims.rank() - 1; i >= 0; --i) {
    strides[i] = step;
    step *= dims[i];
  }
  return strides;
}

/// "2x3x4"; "scalar" for rank 0.
std::string to_string(const Dims& dims);

}  // namespace tenon
