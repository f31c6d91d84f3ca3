// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Register tiles of output channels by vectors of columns, each vector made of two chunks.
#include "backends/simd/loops/rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/rows.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

constexpr int kHalfLanes = kLanes / 2;
using Half = hn::Half<F32>;

// Sums, inputs and one weight must fit 32 or 16 registers.
constexpr int kRegisters = HWY_TARGET == HWY_AVX3 ? 32 : 16;
constexpr int max_channels(int vectors) {
  const int channels = (kRegisters - 2 - vectors) / vectors;
  return channels < kMaxRowChannels ? channels : kMaxRowChannels;
}

HWY_INLINE void store_half(hn::Vec<Half> v, float* to, int count) {
  if (count == kHalfLanes) return hn::StoreU(v, Half(), to);
  HWY_ALIGN float lanes[kHalfLanes];
  hn::Store(v, Half(), lanes);
  for (int i = 0; i < count; ++i) to[i] = lanes[i];
}

HWY_INLINE hn::Vec<Half> load_half(const float* from, int count) {
  if (count == kHalfLanes) return hn::LoadU(Half(), from);
  HWY_ALIGN float lanes[kHalfLanes] = {};
  for (int i = 0; i < count; ++i) lanes[i] = from[i];
  return hn::Load(Half(), lanes);
}

/// Adds the residual, clamps and stores; `sums` is [channels][vectors] vectors. Apart from the
/// sums' loop, whose registers it would take.
HWY_NOINLINE void finish(const RowTile& t, const float* sums) {
  const F32 d;
  const Half h;
  for (int c = 0; c < t.channels; ++c) {
    float* out = t.out + c * t.plane;
    const float* add = t.residual ? t.residual + c * t.plane : nullptr;
    for (int v = 0; v < t.vectors; ++v, sums += kLanes) {
      const RowChunk* pair = t.chunks + 2 * v;
      Vec y = hn::Load(d, sums);
      if (add) {
        y = hn::Add(y, hn::Combine(d, load_half(add + pair[1].output, pair[1].count),
                                   load_half(add + pair[0].output, pair[0].count)));
      }
      y = clamp(y, t.low, t.high);
      store_half(hn::LowerHalf(h, y), out + pair[0].output, pair[0].count);
      store_half(hn::UpperHalf(h, y), out + pair[1].output, pair[1].count);
    }
  }
}

template <int kChannels, int kVectors>
void channels_tile(const RowTile& t) {
  const F32 d;
  const Half h;
  Vec acc[kChannels][kVectors];
  TENON_UNROLL for (int c = 0; c < kChannels; ++c) {
    const Vec start = t.bias ? hn::Set(d, t.bias[c]) : hn::Zero(d);
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[c][v] = start;
  }
  const float* chunk[2 * kVectors];
  TENON_UNROLL for (int i = 0; i < 2 * kVectors; ++i) chunk[i] = t.input + t.chunks[i].input;
  const float* w = t.w;
  for (const int32_t *tap = t.taps, *end = tap + t.tap_count; tap != end; ++tap, w += kChannels) {
    const int64_t offset = *tap;
    Vec x[kVectors];
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
      x[v] = hn::Combine(d, hn::LoadU(h, chunk[2 * v + 1] + offset),
                         hn::LoadU(h, chunk[2 * v] + offset));
    }
    TENON_UNROLL for (int c = 0; c < kChannels; ++c) {
      const Vec b = hn::Set(d, w[c]);
      TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[c][v] = hn::MulAdd(x[v], b, acc[c][v]);
    }
  }
  if (t.plain) {
    const Vec low = hn::Set(d, t.low), high = hn::Set(d, t.high);
    float* out = t.out;
    TENON_UNROLL for (int c = 0; c < kChannels; ++c, out += t.plane) {
      TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
        const Vec y = hn::Min(high, hn::Max(low, acc[c][v]));
        hn::StoreU(hn::LowerHalf(h, y), h, out + t.chunks[2 * v].output);
        hn::StoreU(hn::UpperHalf(h, y), h, out + t.chunks[2 * v + 1].output);
      }
    }
    return;
  }
  HWY_ALIGN float sums[kChannels * kVectors * kLanes];
  TENON_UNROLL for (int c = 0; c < kChannels; ++c) {
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
      hn::Store(acc[c][v], d, sums + (c * kVectors + v) * kLanes);
    }
  }
  finish(t, sums);
}

using TileFunction = void (*)(const RowTile&);

template <int kChannels, int kVectors>
constexpr TileFunction tile_of() {
  if constexpr (kChannels <= max_channels(kVectors)) {
    return &channels_tile<kChannels, kVectors>;
  } else {
    return nullptr;
  }
}

#define TENON_TILES(V)                                                                        \
  {                                                                                           \
    tile_of<1, V>(), tile_of<2, V>(), tile_of<3, V>(), tile_of<4, V>(), tile_of<5, V>(),      \
        tile_of<6, V>(), tile_of<7, V>(), tile_of<8, V>(), tile_of<9, V>(), tile_of<10, V>(), \
        tile_of<11, V>(), tile_of<12, V>()                                                    \
  }
constexpr TileFunction kTiles[kMaxRowVectors][kMaxRowChannels] = {TENON_TILES(1), TENON_TILES(2),
                                                                  TENON_TILES(3), TENON_TILES(4)};
#undef TENON_TILES

void tile(const RowTile& t) { kTiles[t.vectors - 1][t.channels - 1](t); }

constexpr RowLoops kTable = {
    kMaxRowVectors, {max_channels(1), max_channels(2), max_channels(3), max_channels(4)}, &tile};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(RowLoops, row_loops)
}  // namespace tenon::simd
#endif
