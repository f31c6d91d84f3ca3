// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The product of gathered rows with a packed panel: the inner loop of matrix products and of
// convolutions whose lanes run over output channels.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

inline constexpr int kMaxPanelVectors = 2;
inline constexpr int kMaxPanelRows = 14;

/// out[r][n] = clamp(bias[n] + residual[r][n] + sum over k of a[r][k] · w[k][n]) for `rows` rows
/// and the lanes of one panel. The k-th input of row r stands at
/// a + r · row_stride + segments[k / run] + (k % run) · step. All strides count floats.
struct PanelTile {
  const float* a;
  int64_t row_stride;
  const int64_t* segments;
  int64_t segment_count, run, step;
  const float* w;         ///< [segment_count · run][vectors · lanes]
  const float* bias;      ///< [vectors · lanes], or null
  const float* residual;  ///< as out, or null
  float* out;
  int64_t out_stride;  ///< between rows
  int32_t rows;        ///< 1 … max_rows
  int32_t vectors;     ///< of the panel: 1 … kMaxPanelVectors
  int32_t valid;       ///< lanes that are stored
  float low, high;     ///< clamp; −∞, +∞ for none
};

struct PanelLoops {
  int32_t max_rows;  ///< rows of a full tile at this level
  void (*tile)(const PanelTile& tile);
};
const PanelLoops& panel_loops(Level level) noexcept;

}  // namespace tenon::simd
