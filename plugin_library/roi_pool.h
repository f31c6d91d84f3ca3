// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bilinear samples of one cell, averaged or their greatest taken: what plugins that pool regions
// share.
#pragma once

#include <algorithm>
#include <cstdint>

namespace shipped {

/// One axis of a sample: the two pixels around it and their weights. Outside the map a sample is
/// nothing.
struct Tap {
  int64_t low, high;
  float lowWeight, highWeight;
  bool inside;
};

/// The sample at `at`, from 0 to size - 1.
inline Tap tapBetween(float at, int64_t size) {
  auto const low = static_cast<int64_t>(at);
  float const part = at - static_cast<float>(low);
  return {low, std::min(low + 1, size - 1), 1 - part, part, true};
}

/// The four pixels around a sample and their weights; all zero outside the map.
struct Corners {
  int64_t at[4];
  float weight[4];
};

inline Corners cornersOf(Tap const& y, Tap const& x, int64_t width) {
  if (!y.inside || !x.inside) return {};
  int64_t const top = y.low * width, bottom = y.high * width;
  return {{top + x.low, top + x.high, bottom + x.low, bottom + x.high},
          {y.lowWeight * x.lowWeight, y.lowWeight * x.highWeight, y.highWeight * x.lowWeight,
           y.highWeight * x.highWeight}};
}

/// Feature maps of one image, and the cells of one region for the first of them.
struct Planes {
  float const* maps;
  float* cells;
  int64_t channels, size, cellsEach;
};

/// Adds `count` samples of one cell to the sums, or greatest numbers, of all channels. The first
/// samples of a cell are its first greatest numbers.
void pool(Planes const& planes, Corners const* samples, int64_t count, bool average, bool first);

/// Ends an average of `total` samples; without samples a cell is 0.
void finish(Planes const& planes, int64_t total, bool average);

/// Pools one cell of all channels from a grid of samples: `y(i)` and `x(i)` are the taps of the
/// rows and columns of the grid.
template <class Rows, class Columns>
void poolCell(Planes const& planes, int64_t width, int64_t rows, Rows const& y, int64_t columns,
              Columns const& x, bool average) {
  constexpr int64_t kBatch = 64;  // samples that are looked up together
  int64_t const total = rows * columns;
  Corners samples[kBatch];
  for (int64_t start = 0; start < total; start += kBatch) {
    int64_t const count = std::min(kBatch, total - start);
    for (int64_t i = 0; i < count; ++i) {
      samples[i] = cornersOf(y((start + i) / columns), x((start + i) % columns), width);
    }
    pool(planes, samples, count, average, start == 0);
  }
  finish(planes, total, average);
}

}  // namespace shipped
