// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors in any layout, with guarded memory around them.
#pragma once

#include <span>

#include "kernel/tensor_desc.h"
#include "ops/constant_data.h"

namespace tenon::conformance {

/// Memory for one tensor, followed by bytes that nobody may touch. New memory holds a pattern that
/// is no sensible number in any type.
class Buffer {
 public:
  explicit Buffer(size_t bytes);
  explicit Buffer(const kernel::TensorDesc& desc) : Buffer(static_cast<size_t>(desc.bytes())) {}
  [[nodiscard]] std::byte* data() noexcept { return memory_.data(); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return memory_.bytes().first(size_);
  }
  /// The tensor and the bytes behind it.
  [[nodiscard]] std::span<std::byte> whole() noexcept { return {memory_.data(), memory_.size()}; }
  /// True if the bytes behind the tensor are as they were.
  [[nodiscard]] bool guard_intact() const noexcept;

 private:
  size_t size_;
  AlignedBuffer memory_;
};

/// Lays `tensor` out as `desc` says; lanes that pad a vector of channels are zero.
void scatter(const ops::ConstantData& tensor, const kernel::TensorDesc& desc, Buffer& buffer);

/// The elements of `buffer` in row-major order.
ops::ConstantRef gather(const Buffer& buffer, const kernel::TensorDesc& desc);

/// True if all lanes that pad a vector of channels are zero, as readers of the layout may rely on.
bool padding_is_zero(const Buffer& buffer, const kernel::TensorDesc& desc);

}  // namespace tenon::conformance
