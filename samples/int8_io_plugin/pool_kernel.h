// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max-pooling over planes, in three element types.
#pragma once

#include <cstdint>

namespace sample {

/// One entry for rows, one for columns.
struct Window {
  int32_t kernel[2] = {2, 2};
  int32_t stride[2] = {2, 2};
  int32_t pad[2] = {0, 0};  ///< on both sides, less than the kernel
};

/// Planes of height x width elements, one after another.
struct Planes {
  int32_t count = 0, height = 0, width = 0;
};

/// floor((extent + 2 pad - kernel) / stride) + 1 rows or columns.
Planes pooled(Planes const& input, Window const& window) noexcept;

void maxPool(float const* in, float* out, Planes const& input, Window const& window) noexcept;

/// Halves as their 16 bits; a maximum needs no arithmetic.
void maxPoolHalf(uint16_t const* in, uint16_t* out, Planes const& input,
                 Window const& window) noexcept;

/// One step of `in` is worth `inScale`, one of `out` `outScale`; both are positive. With equal
/// scales a maximum is exact; else it is rounded to the nearest step and kept within -128 … 127.
void maxPoolInt8(int8_t const* in, int8_t* out, Planes const& input, Window const& window,
                 float inScale, float outScale) noexcept;

}  // namespace sample
