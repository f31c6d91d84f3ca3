// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements of types that data are only kept in, one at a time.
#pragma once

#include "base/dtype.h"

namespace tenon::ref {

/// Element i of a row-major tensor of any type but Bool, as the number that it is.
double read_element(DType type, const void* data, int64_t i) noexcept;

/// The same with its fraction cut off; what does not fit becomes the nearest end, NaN becomes 0.
int64_t read_integer(DType type, const void* data, int64_t i) noexcept;

/// Writes the low bits of `code` as element i of a type of at most 16 bits. Elements that share a
/// byte are written in ascending order, by one thread.
void write_code(DType type, void* data, int64_t i, uint64_t code) noexcept;

/// Writes element i of a type of storage or an integer of at most 16 bits, rounded to nearest, to
/// even; what is too great becomes the greatest, NaN becomes NaN where there is one, else 0.
void write_element(DType type, void* data, int64_t i, double value) noexcept;

/// The greatest number of such a type; of F8E8M0, a power of two.
double greatest(DType type) noexcept;

}  // namespace tenon::ref
