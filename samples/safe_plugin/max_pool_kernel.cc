// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loops. A window that hangs over an edge is cut first, so the loops test nothing.
#include "max_pool_kernel.h"

namespace maxpool {

namespace {

/// The part of the window of output `at` that lies inside [0, extent).
struct Range {
  int64_t begin, end;
};

Range cut(Axis const& axis, int64_t at, int64_t extent) {
  int64_t const first = at * axis.stride - axis.pad;
  int64_t const last = first + axis.kernel;
  return {first < 0 ? 0 : first, last > extent ? extent : last};
}

bool greater(__half a, __half b) { return __hgt(a, b); }
bool greater(float a, float b) { return a > b; }
bool greater(int8_t a, int8_t b) { return a > b; }

template <class T>
void poolPicture(Window const& window, Layout const& from, Layout const& to, T const* in, T* out) {
  for (int64_t row = 0; row < to.extent[2]; ++row) {
    Range const rows = cut(window.y, row, from.extent[2]);
    for (int64_t column = 0; column < to.extent[3]; ++column) {
      Range const columns = cut(window.x, column, from.extent[3]);
      T greatest = in[rows.begin * from.stride[2] + columns.begin * from.stride[3]];
      for (int64_t y = rows.begin; y < rows.end; ++y) {
        for (int64_t x = columns.begin; x < columns.end; ++x) {
          T const value = in[y * from.stride[2] + x * from.stride[3]];
          if (greater(value, greatest)) greatest = value;
        }
      }
      out[row * to.stride[2] + column * to.stride[3]] = greatest;
    }
  }
}

template <class T>
void poolAll(Window const& window, Layout const& from, Layout const& to, T const* in, T* out) {
  for (int64_t picture = 0; picture < to.extent[0]; ++picture) {
    for (int64_t channel = 0; channel < to.extent[1]; ++channel) {
      poolPicture(window, from, to, in + picture * from.stride[0] + channel * from.stride[1],
                  out + picture * to.stride[0] + channel * to.stride[1]);
    }
  }
}

}  // namespace

void pool(Window const& window, Layout const& from, Layout const& to, float const* in, float* out) {
  poolAll(window, from, to, in, out);
}

void pool(Window const& window, Layout const& from, Layout const& to, __half const* in,
          __half* out) {
  poolAll(window, from, to, in, out);
}

void pool(Window const& window, Layout const& from, Layout const& to, int8_t const* in,
          int8_t* out) {
  poolAll(window, from, to, in, out);
}

}  // namespace maxpool
