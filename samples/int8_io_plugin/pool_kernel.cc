// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One loop for all types: the greatest element of each window.
#include "pool_kernel.h"

#include <algorithm>
#include <cmath>

namespace sample {

namespace {

struct Range {
  int32_t begin, end;
};

/// The part of a window that lies within the extent.
Range within(int32_t place, int32_t axis, int32_t extent, Window const& window) {
  int32_t const begin = place * window.stride[axis] - window.pad[axis];
  return {std::max(begin, 0), std::min(begin + window.kernel[axis], extent)};
}

/// One output row: the greatest elements of the rows' columns first, then of the columns' windows.
template <class T, class Key, class Store>
void poolRow(T const* plane, Range rows, Planes const& input, Planes const& output,
             Window const& window, Key key, Store store) {
  for (int32_t x = 0; x < output.width; ++x) {
    Range const columns = within(x, 1, input.width, window);
    T greatest = plane[rows.begin * input.width + columns.begin];
    for (int32_t row = rows.begin; row < rows.end; ++row) {
      T const* line = plane + row * input.width;
      for (int32_t column = columns.begin; column < columns.end; ++column) {
        greatest = key(greatest) < key(line[column]) ? line[column] : greatest;
      }
    }
    store(x, greatest);
  }
}

template <class T, class Key, class Convert>
void pool(T const* in, T* out, Planes const& input, Window const& window, Key key,
          Convert convert) {
  Planes const output = pooled(input, window);
  for (int32_t plane = 0; plane < input.count; ++plane) {
    for (int32_t y = 0; y < output.height; ++y) {
      poolRow(in, within(y, 0, input.height, window), input, output, window, key,
              [&](int32_t x, T greatest) { out[x] = convert(greatest); });
      out += output.width;
    }
    in += input.height * input.width;
  }
}

/// Halves in the order of their numbers: negative ones count downwards.
uint16_t ordered(uint16_t bits) {
  return static_cast<uint16_t>((bits & 0x8000U) != 0 ? ~bits : bits | 0x8000U);
}

/// Processors look ahead within a page alone; this is a page on. Nothing is read.
constexpr size_t kAhead = 4096;
void fetch(void const* from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(static_cast<char const*>(from) + i);
}

/// The usual window, 2 x 2 with stride 2: two rows become one, four elements one.
template <class T>
void poolPairs(T const* in, T* out, Planes const& input) {
  int32_t const height = input.height / 2, width = input.width / 2;
  for (int32_t plane = 0; plane < input.count; ++plane) {
    for (int32_t y = 0; y < height; ++y) {
      T const* upper = in + int64_t{2} * y * input.width;
      T const* lower = upper + input.width;
      fetch(upper + kAhead / sizeof(T), 2 * sizeof(T) * static_cast<size_t>(input.width));
      for (int32_t x = 0; x < width; ++x) {
        int64_t const at = int64_t{2} * x;
        T const left = std::max(upper[at], lower[at]);
        T const right = std::max(upper[at + 1], lower[at + 1]);
        out[x] = std::max(left, right);
      }
      out += width;
    }
    in += int64_t{input.height} * input.width;
  }
}

bool isPairs(Window const& window) {
  return window.kernel[0] == 2 && window.kernel[1] == 2 && window.stride[0] == 2 &&
         window.stride[1] == 2 && window.pad[0] == 0 && window.pad[1] == 0;
}

}  // namespace

Planes pooled(Planes const& input, Window const& window) noexcept {
  auto const places = [&](int32_t extent, int axis) {
    int32_t const room = extent + 2 * window.pad[axis] - window.kernel[axis];
    return room < 0 ? 0 : room / window.stride[axis] + 1;
  };
  return {input.count, places(input.height, 0), places(input.width, 1)};
}

void maxPool(float const* in, float* out, Planes const& input, Window const& window) noexcept {
  auto const same = [](float x) { return x; };
  isPairs(window) ? poolPairs(in, out, input) : pool(in, out, input, window, same, same);
}

void maxPoolHalf(uint16_t const* in, uint16_t* out, Planes const& input,
                 Window const& window) noexcept {
  pool(in, out, input, window, ordered, [](uint16_t x) { return x; });
}

void maxPoolInt8(int8_t const* in, int8_t* out, Planes const& input, Window const& window,
                 float inScale, float outScale) noexcept {
  auto const same = [](int8_t x) { return x; };
  if (inScale == outScale) {
    return isPairs(window) ? poolPairs(in, out, input) : pool(in, out, input, window, same, same);
  }
  // A table of what each of the 256 steps becomes: scaling keeps the order, so it comes last.
  int8_t scaled[256];
  for (int step = -128; step < 128; ++step) {
    float const value = std::nearbyint(static_cast<float>(step) * inScale / outScale);
    scaled[step + 128] = static_cast<int8_t>(std::clamp(value, -128.0F, 127.0F));
  }
  pool(in, out, input, window, same, [&](int8_t x) { return scaled[x + 128]; });
}

}  // namespace sample
