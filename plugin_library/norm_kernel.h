// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Mean, deviation and their use: what the normalizing plugins share.
#pragma once

#include <cstdint>

namespace shipped {

/// Mean of numbers, and one over their standard deviation.
struct Moments {
  float mean;
  float scale;
};

/// Of `count` numbers; the variance is that of the numbers themselves, `epsilon` is added to it.
Moments momentsOf(float const* x, int64_t count, float epsilon) noexcept;

/// y = (x - mean) * scale * gain + shift.
void normalize(float const* x, float* y, int64_t count, Moments moments, float gain,
               float shift) noexcept;

/// The same with a gain and a shift for each element. x may be y.
void normalizeEach(float const* x, float* y, int64_t count, Moments moments, float const* gain,
                   float const* shift) noexcept;

/// y = a + b.
void addRows(float const* a, float const* b, float* y, int64_t count) noexcept;

}  // namespace shipped
