// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution of planes: lanes run along output rows, weights are broadcast. Reads and writes
// row-major tensors, so that small networks need no change of layout.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

inline constexpr int kMaxRowVectors = 4;
inline constexpr int kMaxRowChannels = 12;

/// Half a vector of consecutive output columns. Two chunks of one row may overlap; then both write
/// the same values.
struct RowChunk {
  int32_t input;   ///< where its first lane reads its first tap, in floats from the input
  int32_t output;  ///< where its first lane is written, in floats from the output plane
  int32_t count;   ///< lanes that are stored: half a vector, or less
};

/// out[c][chunk lanes] = clamp(bias[c] + residual + sum over taps of w[tap][c] · input) for
/// `channels` output channels and 2 · `vectors` chunks.
struct RowTile {
  const float* input;
  const int32_t* taps;  ///< offset of every tap, in floats
  int64_t tap_count;
  const float* w;         ///< [tap][channels]
  const float* bias;      ///< [channels], or null
  const float* residual;  ///< as out, or null
  float* out;             ///< first channel's plane
  int64_t plane;          ///< floats from one output channel to the next
  const RowChunk* chunks;
  int32_t channels;  ///< 1 … max_channels[vectors − 1]
  int32_t vectors;   ///< 1 … kMaxRowVectors
  float low, high;
  bool plain;  ///< all chunks are whole and there is no residual: the sums need no detour
};

struct RowLoops {
  int32_t max_vectors;
  int32_t max_channels[kMaxRowVectors];  ///< by vectors − 1, so that sums stay in registers
  void (*tile)(const RowTile& tile);
};
const RowLoops& row_loops(Level level) noexcept;

}  // namespace tenon::simd
