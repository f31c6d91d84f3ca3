// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which conversions the cast kernel has.
#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace tenon::simd::cast {

/// Converts elements [begin, end).
using Convert = void (*)(const void* from, void* to, int64_t begin, int64_t end);

/// Null when one of the types is none of C++'s.
Convert find_conversion(DType from, DType to);

}  // namespace tenon::simd::cast
