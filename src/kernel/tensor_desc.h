// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A tensor as a running kernel sees it.
#pragma once

#include "kernel/layout.h"

namespace tenon::kernel {

/// Type, layout and concrete extents of one tensor. No pointer: those come with each run. One that
/// is made without extents is absent: an optional input that is not given, or one that the kernel
/// has absorbed.
struct TensorDesc {
  static constexpr Dims kNoDims{-1};

  DType dtype = DType::F32;
  Layout layout;
  Dims dims = kNoDims;
  float scale = 0;  ///< dequantisation multiplier of I8 tensors, else 0

  [[nodiscard]] bool absent() const noexcept { return dims == kNoDims; }
  [[nodiscard]] int64_t elements() const noexcept { return dims.volume(); }
  [[nodiscard]] int64_t bytes() const noexcept { return storage_bytes(layout, dims, dtype); }
  friend bool operator==(const TensorDesc&, const TensorDesc&) = default;
};

}  // namespace tenon::kernel
