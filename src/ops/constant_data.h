// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The numbers of a constant tensor: a typed view of bytes that somebody keeps alive.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/aligned_buffer.h"
#include "base/dims.h"
#include "base/dtype.h"

namespace tenon::ops {

/// Row-major elements, little-endian, possibly unaligned (a model file's bytes are used in place).
/// Immutable and shared: see ConstantRef.
class ConstantData {
 public:
  /// A view of `bytes`, which `owner` keeps alive (a mapped file, a vector, a user's promise).
  /// bytes.size() must be byte_size(dtype, dims.volume()).
  ConstantData(DType dtype, Dims dims, std::span<const std::byte> bytes,
               std::shared_ptr<const void> owner) noexcept
      : dtype_(dtype), dims_(dims), bytes_(bytes), owner_(std::move(owner)) {}

  /// A copy of `values`.
  template <class T>
  static std::shared_ptr<const ConstantData> of(const Dims& dims, std::span<const T> values) {
    return copy(kDTypeOf<T>, dims, std::as_bytes(values));
  }
  static std::shared_ptr<const ConstantData> copy(DType dtype, const Dims& dims,
                                                  std::span<const std::byte> bytes);
  /// Takes the buffer over.
  static std::shared_ptr<const ConstantData> adopt(DType dtype, const Dims& dims,
                                                   AlignedBuffer buffer);

  [[nodiscard]] DType dtype() const noexcept { return dtype_; }
  [[nodiscard]] const Dims& dims() const noexcept { return dims_; }
  [[nodiscard]] int64_t count() const noexcept { return dims_.volume(); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// Element i, read without alignment and converted: exact for integers within int64, as double
  /// otherwise.
  [[nodiscard]] int64_t integer(int64_t i) const noexcept;
  [[nodiscard]] double real(int64_t i) const noexcept;

 private:
  DType dtype_;
  Dims dims_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

using ConstantRef = std::shared_ptr<const ConstantData>;

}  // namespace tenon::ops
