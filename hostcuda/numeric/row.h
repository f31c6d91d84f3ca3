// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows of elements in memory, read and written as working numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hostcuda {

/// Formats of elements in memory.
enum class Number : std::uint8_t { F32, F64, F16, Bf16, S8, U8, S32 };

/// Bytes of one element.
std::size_t bytes_of(Number number);

/// "f16"; for sentences.
const char* name_of(Number number);

/// Reads out[i] = base[first + i * step] for i in 0 … count-1; counts are in elements of `number`,
/// a step may be zero or negative. Work is float, double or std::uint32_t (whole numbers only,
/// taken modulo 2^32). Any thread.
template <typename Work>
void load_row(Number number, const void* base, std::int64_t first, std::int64_t step,
              std::int64_t count, Work* out);

/// Writes base[first + i * step] = in[i]. Whole numbers are rounded to the nearest, ties to even,
/// and saturated, NaN as zero; a std::uint32_t is taken as its two's complement. Any thread.
template <typename Work>
void store_row(Number number, void* base, std::int64_t first, std::int64_t step, std::int64_t count,
               const Work* in);

}  // namespace hostcuda
