// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The types of sums of small integers.
#pragma once

#include <cstddef>

#include "base/dtype.h"

namespace tenon::simd {

constexpr bool is_small(DType type) noexcept { return type == DType::I8 || type == DType::U8; }

/// Where tables of loops have f32, i8 and u8.
constexpr size_t place_of(DType type) noexcept {
  return type == DType::F32 ? 0 : type == DType::I8 ? 1 : 2;
}

}  // namespace tenon::simd
