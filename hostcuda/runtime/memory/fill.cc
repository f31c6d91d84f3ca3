// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fills: checks and the work itself.
#include <cstdint>
#include <cstring>

#include "hostcuda/runtime/memory/reach.h"
#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {
namespace {

/// Bytes from the first to the last that the fill touches; false when the numbers overflow.
bool span_of(const cudaMemsetParams& params, std::size_t* span) {
  std::size_t row = 0, down = 0;
  return !__builtin_mul_overflow(params.width, params.elementSize, &row) &&
         !__builtin_mul_overflow(params.pitch, params.height - 1, &down) &&
         !__builtin_add_overflow(row, down, span);
}

template <typename Element>
void fill_row(unsigned char* row, std::size_t width, unsigned int value) {
  const Element element = static_cast<Element>(value);
  for (std::size_t x = 0; x < width; ++x)
    std::memcpy(row + x * sizeof element, &element, sizeof element);
}

}  // namespace

cudaError_t check_fill(const Fill& op) {
  const cudaMemsetParams& params = op.params;
  if (params.elementSize != 1 && params.elementSize != 2 && params.elementSize != 4) {
    return cudaErrorInvalidValue;
  }
  if (params.elementSize < 4 && params.value >> (8 * params.elementSize)) {
    return cudaErrorInvalidValue;
  }
  if (params.width == 0 || params.height == 0) return cudaSuccess;
  if (params.height > 1 && params.pitch / params.elementSize < params.width) {
    return cudaErrorInvalidValue;
  }
  if (reinterpret_cast<std::uintptr_t>(params.dst) % params.elementSize != 0) {
    return cudaErrorInvalidValue;
  }
  std::size_t span = 0;
  if (!span_of(params, &span)) return cudaErrorInvalidValue;
  return check_reach(params.dst, span, Side::Device);
}

cudaError_t run_fill(const Fill& op) noexcept {
  const cudaMemsetParams& params = op.params;
  if (params.width == 0 || params.height == 0) return cudaSuccess;
  std::size_t span = 0;
  if (!span_of(params, &span)) return cudaErrorInvalidValue;
  if (const cudaError_t error = check_alive(params.dst, span)) return error;
  auto* row = static_cast<unsigned char*>(params.dst);
  for (std::size_t y = 0; y < params.height; ++y, row += params.pitch) {
    switch (params.elementSize) {
      case 1:
        std::memset(row, static_cast<int>(params.value), params.width);
        break;
      case 2:
        fill_row<std::uint16_t>(row, params.width, params.value);
        break;
      default:
        fill_row<std::uint32_t>(row, params.width, params.value);
    }
  }
  return cudaSuccess;
}

}  // namespace hostcuda
