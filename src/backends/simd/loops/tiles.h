// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of small integers on the processor's tiles (AMX): 16×16 sums at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::simd {

/// Rows and columns of one tile of sums, and the bytes of x and of weights that one product takes.
inline constexpr int64_t kTile = 16, kTileDepth = 64;
/// Rows and columns of what multiply() gives: two tiles by two.
inline constexpr int64_t kTileRows = 2 * kTile, kTileColumns = 2 * kTile;
/// Bytes of the weights of kTileColumns columns and kTileDepth numbers: of each tile, [depth /
/// 4][16 columns][4].
inline constexpr int64_t kTileBlock = 2 * kTile * kTileDepth;

/// sums[r · sum_stride + n] = starts[n] + sum over blocks b and k < 64 of rows[r · row_stride +
/// places[b] + k] · weights[b][k][n]. Every byte so named is read, also where the weight is 0.
struct TileSpan {
  const std::byte* rows;
  int64_t row_stride;  ///< bytes
  const int32_t* places;
  int64_t blocks;
  const int8_t* weights;  ///< [blocks][kTileBlock]
  /// The weights are read for the first time: what follows is fetched ahead, also beyond their end.
  bool cold;
  const int32_t* starts;  ///< [kTileColumns]
  int32_t* sums;
  int64_t sum_stride;  ///< numbers
};

struct TileLoops {
  /// By type of x (i8, u8) and by tiles of rows (one, two).
  void (*multiply[2][2])(const TileSpan& span);
  /// Before a thread's first product and behind its last: tiles are a state of the thread, which
  /// nobody else finds changed.
  void (*begin)();
  void (*end)();
};
/// With tiles the machine's, else the same sums without them, for tests on any machine.
const TileLoops& tile_loops(bool tiles) noexcept;

}  // namespace tenon::simd
