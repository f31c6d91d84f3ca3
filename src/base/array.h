// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A list that grows without throwing, for what runs.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "base/memory.h"

namespace tenon {

/// Plain values one after the other. What grows answers false when there is no memory, and leaves
/// the list as it was. Move-only.
template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  // NOLINTNEXTLINE(bugprone-sizeof-expression): of a pointer too
  static constexpr size_t kElement = sizeof(T);

 public:
  Array() = default;
  Array(Array&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Array() { release(data_); }

  [[nodiscard]] bool reserve(size_t count) noexcept {
    if (count <= capacity_) return true;
    if (count > SIZE_MAX / 2 / kElement) return false;
    auto* grown = static_cast<T*>(allocate(count * kElement, alignof(T)));
    if (grown == nullptr) return false;
    if (size_ != 0) std::memcpy(static_cast<void*>(grown), data_, size_ * kElement);
    release(data_);
    data_ = grown;
    capacity_ = count;
    return true;
  }
  [[nodiscard]] bool push_back(const T& value) noexcept {
    const T copy = value;  // It may stand in the memory that goes.
    if (size_ == capacity_ && !reserve(std::max<size_t>(8, 2 * capacity_))) return false;
    data_[size_++] = copy;
    return true;
  }
  /// New entries are T().
  [[nodiscard]] bool resize(size_t count) noexcept {
    if (!reserve(count)) return false;
    if (count > size_) std::fill(data_ + size_, data_ + count, T());
    size_ = count;
    return true;
  }
  [[nodiscard]] bool assign(std::span<const T> values) noexcept {
    if (!reserve(values.size())) return false;
    std::copy(values.begin(), values.end(), data_);
    size_ = values.size();
    return true;
  }
  void clear() noexcept { size_ = 0; }
  void pop_back() noexcept { --size_; }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] const T* data() const noexcept { return data_; }
  T& operator[](size_t i) noexcept { return assert(i < size_), data_[i]; }
  const T& operator[](size_t i) const noexcept { return assert(i < size_), data_[i]; }
  T& back() noexcept { return (*this)[size_ - 1]; }
  const T& back() const noexcept { return (*this)[size_ - 1]; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
};

}  // namespace tenon
