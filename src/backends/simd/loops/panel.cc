// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Register tiles of up to 14 rows by 2 vectors.
#include "backends/simd/loops/panel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/panel.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

// Accumulators, the panel's vectors and one broadcast must fit the register file.
constexpr int kTileRows = HWY_TARGET == HWY_AVX3 ? 14 : 6;

/// Writes one row: adds the residual, clamps, stores the valid lanes.
template <int kVectors>
HWY_INLINE void finish_row(const PanelTile& t, Vec* acc, int row) {
  const F32 d;
  TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
    const int first = v * kLanes;
    const int count = t.valid - first;
    if (count <= 0) return;
    float* to = t.out + row * t.out_stride + first;
    const float* add = t.residual ? t.residual + row * t.out_stride + first : nullptr;
    Vec y = acc[v];
    if (count >= kLanes) {
      if (add) y = hn::Add(y, hn::LoadU(d, add));
      hn::StoreU(clamp(y, t.low, t.high), d, to);
    } else {
      if (add) y = hn::Add(y, load_some(add, count));
      store_some(clamp(y, t.low, t.high), to, count);
    }
  }
}

/// A few rows share each load of the panel. Every third row has a pointer of its own, the two after
/// it are reached by an index: fourteen pointers would not fit the registers.
template <int kRows, int kVectors, bool kUnitStep>
void rows_tile(const PanelTile& t) {
  const F32 d;
  constexpr int kPointers = (kRows + 2) / 3;
  Vec acc[kRows][kVectors];
  TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
    const Vec start = t.bias ? hn::LoadU(d, t.bias + v * kLanes) : hn::Zero(d);
    TENON_UNROLL for (int r = 0; r < kRows; ++r) acc[r][v] = start;
  }
  const int64_t stride = t.row_stride;
  const int64_t step = kUnitStep ? 1 : t.step;
  const float* w = t.w;
  for (int64_t s = 0; s < t.segment_count; ++s) {
    const float* a[kPointers];
    TENON_UNROLL for (int i = 0; i < kPointers; ++i) a[i] = t.a + t.segments[s] + 3 * i * stride;
    for (int64_t k = 0; k < t.run; ++k) {
      Vec b[kVectors];
      TENON_UNROLL for (int v = 0; v < kVectors; ++v) b[v] = hn::LoadU(d, w + v * kLanes);
      w += kVectors * kLanes;
      TENON_UNROLL for (int r = 0; r < kRows; ++r) {
        const Vec x = hn::Set(d, a[r / 3][r % 3 * stride]);
        TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[r][v] = hn::MulAdd(x, b[v], acc[r][v]);
      }
      TENON_UNROLL for (int i = 0; i < kPointers; ++i) a[i] += step;
    }
  }
  TENON_UNROLL for (int r = 0; r < kRows; ++r) finish_row<kVectors>(t, acc[r], r);
}

/// One row: eight accumulators hide the latency of the sum, the panel streams by.
template <int kVectors, bool kUnitStep>
void vector_tile(const PanelTile& t) {
  const F32 d;
  constexpr int kChains = 8 / kVectors;
  constexpr int kWidth = kVectors * kLanes;
  const int64_t step = kUnitStep ? 1 : t.step;
  Vec acc[kChains][kVectors];
  TENON_UNROLL for (int c = 0; c < kChains; ++c) {
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
      acc[c][v] = c == 0 && t.bias ? hn::LoadU(d, t.bias + v * kLanes) : hn::Zero(d);
    }
  }
  const float* w = t.w;
  for (int64_t s = 0; s < t.segment_count; ++s) {
    const float* a = t.a + t.segments[s];
    int64_t k = 0;
    for (; k + kChains <= t.run; k += kChains) {
      TENON_UNROLL for (int c = 0; c < kChains; ++c) {
        const Vec x = hn::Set(d, a[c * step]);
        TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
          acc[c][v] = hn::MulAdd(x, hn::LoadU(d, w + c * kWidth + v * kLanes), acc[c][v]);
        }
      }
      a += kChains * step;
      w += kChains * kWidth;
    }
    for (; k < t.run; ++k, a += step, w += kWidth) {
      TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
        acc[0][v] = hn::MulAdd(hn::Set(d, *a), hn::LoadU(d, w + v * kLanes), acc[0][v]);
      }
    }
  }
  TENON_UNROLL for (int c = 1; c < kChains; ++c) {
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[0][v] = hn::Add(acc[0][v], acc[c][v]);
  }
  finish_row<kVectors>(t, acc[0], 0);
}

using TileFunction = void (*)(const PanelTile&);

template <int kRows, int kVectors, bool kUnitStep>
constexpr TileFunction tile_of() {
  if constexpr (kRows == 1) {
    return &vector_tile<kVectors, kUnitStep>;
  } else if constexpr (kRows <= kTileRows) {
    return &rows_tile<kRows, kVectors, kUnitStep>;
  } else {
    return nullptr;
  }
}

#define TENON_TILES(V, U)                                                                  \
  {                                                                                        \
    tile_of<1, V, U>(), tile_of<2, V, U>(), tile_of<3, V, U>(), tile_of<4, V, U>(),        \
        tile_of<5, V, U>(), tile_of<6, V, U>(), tile_of<7, V, U>(), tile_of<8, V, U>(),    \
        tile_of<9, V, U>(), tile_of<10, V, U>(), tile_of<11, V, U>(), tile_of<12, V, U>(), \
        tile_of<13, V, U>(), tile_of<14, V, U>()                                           \
  }
constexpr TileFunction kTiles[2][kMaxPanelVectors][kMaxPanelRows] = {
    {TENON_TILES(1, false), TENON_TILES(2, false)}, {TENON_TILES(1, true), TENON_TILES(2, true)}};
#undef TENON_TILES

void tile(const PanelTile& t) { kTiles[t.step == 1][t.vectors - 1][t.rows - 1](t); }

constexpr PanelLoops kTable = {kTileRows, &tile};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(PanelLoops, panel_loops)
}  // namespace tenon::simd
#endif
