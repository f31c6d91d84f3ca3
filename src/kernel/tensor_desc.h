// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A tensor as a running kernel sees it.
#pragma once

#include "kernel/layout.h"

namespace tenon::kernel {

/// Type, layout and concrete extents of one tensor. No pointer: those come with each run.
struct TensorDesc {
  DType dtype = DType::F32;
  Layout layout;
  Dims dims;
  float scale = 0;  ///< dequantisation multiplier of I8 tensors, else 0

  [[nodiscard]] int64_t elements() const noexcept { return dims.volume(); }
  [[nodiscard]] int64_t bytes() const noexcept { return storage_bytes(layout, dims, dtype); }
  friend bool operator==(const TensorDesc&, const TensorDesc&) = default;
};

}  // namespace tenon::kernel
