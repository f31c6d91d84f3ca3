// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products on tiles: four of sums, two of rows, two of weights.
#include "backends/simd/loops/tiles.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace tenon::simd {

namespace {

template <class X, int kRowTiles>
void multiply_plainly(const TileSpan& s) {
  for (int64_t r = 0; r < kRowTiles * kTile; ++r) {
    for (int64_t n = 0; n < kTileColumns; ++n) {
      int32_t sum = s.starts[n];
      const int8_t* w = s.weights + n / kTile * kTile * kTileDepth + n % kTile * 4;
      for (int64_t b = 0; b < s.blocks; ++b, w += kTileBlock) {
        const auto* x = reinterpret_cast<const X*>(s.rows + r * s.row_stride + s.places[b]);
        for (int64_t k = 0; k < kTileDepth; ++k) sum += x[k] * w[k / 4 * kTileDepth + k % 4];
      }
      s.sums[r * s.sum_stride + n] = sum;
    }
  }
}

void nothing() {}

constexpr TileLoops kPlain = {{{&multiply_plainly<int8_t, 1>, &multiply_plainly<int8_t, 2>},
                               {&multiply_plainly<uint8_t, 1>, &multiply_plainly<uint8_t, 2>}},
                              &nothing,
                              &nothing};

#ifdef __x86_64__
#define TENON_TILES __attribute__((target("amx-tile,amx-int8")))

/// Two pages on, where the processor does not look by itself.
constexpr int64_t kAhead = 8192;
inline void fetch_block(const int8_t* from) {
  for (int64_t i = 0; i < kTileBlock; i += 64) _mm_prefetch(from + i, _MM_HINT_T1);
}

/// What the processor reads: all eight tiles have 16 rows of 64 bytes.
struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr TileConfig kConfig;

TENON_TILES void begin_tiles() { _tile_loadconfig(&kConfig); }
TENON_TILES void end_tiles() { _tile_release(); }

// Tiles 0 to 3 are sums, 4 and 5 rows, 6 and 7 weights; numbers of tiles are parts of instructions.
#define TENON_MULTIPLY(name, dot)                                        \
  template <int kRowTiles>                                               \
  TENON_TILES void name(const TileSpan& s) {                             \
    const auto stride = static_cast<size_t>(s.row_stride);               \
    const size_t sum_bytes = static_cast<size_t>(s.sum_stride) * 4;      \
    _tile_loadd(0, s.starts, 0);                                         \
    _tile_loadd(1, s.starts + kTile, 0);                                 \
    if constexpr (kRowTiles == 2) {                                      \
      _tile_loadd(2, s.starts, 0);                                       \
      _tile_loadd(3, s.starts + kTile, 0);                               \
    }                                                                    \
    const int8_t* w = s.weights;                                         \
    for (int64_t b = 0; b < s.blocks; ++b, w += kTileBlock) {            \
      const std::byte* x = s.rows + s.places[b];                         \
      if (s.cold) fetch_block(w + kAhead);                               \
      _tile_loadd(4, x, stride);                                         \
      _tile_loadd(6, w, kTileDepth);                                     \
      _tile_loadd(7, w + kTileBlock / 2, kTileDepth);                    \
      dot(0, 4, 6);                                                      \
      dot(1, 4, 7);                                                      \
      if constexpr (kRowTiles == 2) {                                    \
        _tile_loadd(5, x + kTile * s.row_stride, stride);                \
        dot(2, 5, 6);                                                    \
        dot(3, 5, 7);                                                    \
      }                                                                  \
    }                                                                    \
    _tile_stored(0, s.sums, sum_bytes);                                  \
    _tile_stored(1, s.sums + kTile, sum_bytes);                          \
    if constexpr (kRowTiles == 2) {                                      \
      _tile_stored(2, s.sums + kTile * s.sum_stride, sum_bytes);         \
      _tile_stored(3, s.sums + kTile * s.sum_stride + kTile, sum_bytes); \
    }                                                                    \
  }
TENON_MULTIPLY(multiply_i8, _tile_dpbssd)
TENON_MULTIPLY(multiply_u8, _tile_dpbusd)
#undef TENON_MULTIPLY

constexpr TileLoops kTiles = {
    {{&multiply_i8<1>, &multiply_i8<2>}, {&multiply_u8<1>, &multiply_u8<2>}},
    &begin_tiles,
    &end_tiles};
#else
constexpr TileLoops kTiles = kPlain;
#endif

}  // namespace

const TileLoops& tile_loops(bool tiles) noexcept { return tiles ? kTiles : kPlain; }

}  // namespace tenon::simd
