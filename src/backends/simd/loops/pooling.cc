// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Maxima and sums over windows. A window of a plane is separable: first down its columns into a
// padded buffer, then along the buffer.
#include "backends/simd/loops/pooling.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/pooling.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

struct Maximum {
  static constexpr float kNeutral = -std::numeric_limits<float>::infinity();
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Max(a, b); }
  static HWY_INLINE float join(float a, float b) { return a > b ? a : b; }
  static HWY_INLINE Vec finish(Vec v, Vec) { return v; }
};
struct Sum {
  static constexpr float kNeutral = 0;
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Add(a, b); }
  static HWY_INLINE float join(float a, float b) { return a + b; }
  static HWY_INLINE Vec finish(Vec v, Vec scale) { return hn::Mul(v, scale); }
};

template <class Join, class Load>
HWY_INLINE Vec join_taps(const PoolPixel& p, int64_t channel, const Load& load) {
  const float* from = p.input + channel;
  Vec v = load(from);
  for (int64_t y = 0; y < p.rows; ++y) {
    for (int64_t x = y == 0 ? 1 : 0; x < p.columns; ++x) {
      v = Join::join(v, load(from + y * p.row_step + x * p.column_step));
    }
  }
  return Join::finish(v, hn::Set(F32(), p.scale));
}

template <class Join>
void pixel(const PoolPixel& p) {
  const F32 d;
  int64_t c = 0;
  for (; c + kLanes <= p.channels; c += kLanes) {
    const auto load = [](const float* from) HWY_ATTR { return hn::LoadU(F32(), from); };
    hn::StoreU(join_taps<Join>(p, c, load), d, p.out + c);
  }
  if (const auto rest = static_cast<size_t>(p.channels - c); rest != 0) {
    const auto load = [rest](const float* from) HWY_ATTR { return load_some(from, rest); };
    store_some(join_taps<Join>(p, c, load), p.out + c, rest);
  }
}

template <class Join>
void quads(const PoolQuads& p) {
  const F32 d;
  const Vec quarter = hn::Set(d, 0.25F);
  for (int64_t y = 0; y < p.out_height; ++y) {
    const float* top = p.input + 2 * y * p.width;
    const float* bottom = top + p.width;
    float* out = p.out + y * p.out_width;
    int64_t x = 0;
    for (; x + kLanes <= p.out_width; x += kLanes) {
      const float *a = top + 2 * x, *b = bottom + 2 * x;
      const Vec low = Join::join(hn::LoadU(d, a), hn::LoadU(d, b));
      const Vec high = Join::join(hn::LoadU(d, a + kLanes), hn::LoadU(d, b + kLanes));
      const Vec v = Join::join(hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low));
      hn::StoreU(Join::finish(v, quarter), d, out + x);
    }
    const int64_t rest = p.out_width - x;
    if (rest == 0) continue;
    const auto first = static_cast<size_t>(std::min<int64_t>(2 * rest, kLanes));
    const auto second = static_cast<size_t>(2 * rest) - first;
    const float *a = top + 2 * x, *b = bottom + 2 * x;
    const auto load = [&](const float* from) HWY_ATTR {
      return first == kLanes ? hn::LoadU(d, from) : load_some(from, first);
    };
    const Vec low = Join::join(load(a), load(b));
    const Vec high = second == 0
                         ? low
                         : Join::join(load_some(a + kLanes, second), load_some(b + kLanes, second));
    const Vec v = Join::join(hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low));
    store_some(Join::finish(v, quarter), out + x, static_cast<size_t>(rest));
  }
}

/// Joins the window's rows column by column into the buffer, between neutral elements.
template <class Join>
HWY_INLINE void join_rows(const PoolRow& p) {
  const F32 d;
  std::fill_n(p.buffer, p.left, Join::kNeutral);
  float* to = p.buffer + p.left;
  int64_t x = 0;
  for (; p.row_count > 0 && x + kLanes <= p.width; x += kLanes) {
    Vec v = hn::LoadU(d, p.rows[0] + x);
    for (int64_t r = 1; r < p.row_count; ++r) v = Join::join(v, hn::LoadU(d, p.rows[r] + x));
    hn::StoreU(v, d, to + x);
  }
  if (p.row_count > 0 && x < p.width) {
    const auto rest = static_cast<size_t>(p.width - x);
    Vec v = load_some(p.rows[0] + x, rest);
    for (int64_t r = 1; r < p.row_count; ++r) v = Join::join(v, load_some(p.rows[r] + x, rest));
    // A whole vector, because what a masked store wrote is slow to read back.
    hn::StoreU(hn::IfThenElse(hn::FirstN(d, rest), v, hn::Set(d, Join::kNeutral)), d, to + x);
    x += kLanes;
  }
  // Lanes beyond the last window are read, but not kept.
  float* end = p.buffer + (p.out_width - 1) * p.stride + (p.kernel - 1) * p.dilation + 1;
  if (to + x < end) std::fill(to + x, end, Join::kNeutral);
}

/// kLanes columns `stride` apart; stride 1 or 2.
template <int kStride>
HWY_INLINE Vec load_columns(const float* from) {
  const F32 d;
  if constexpr (kStride == 1) {
    return hn::LoadU(d, from);
  } else {
    return hn::ConcatEven(d, hn::LoadU(d, from + kLanes), hn::LoadU(d, from));
  }
}

template <class Join, int kStride>
HWY_INLINE int64_t join_columns(const PoolRow& p) {
  const F32 d;
  int64_t x = 0;
  for (; x < p.out_width; x += kLanes) {
    const float* from = p.buffer + x * kStride;
    Vec v = load_columns<kStride>(from);
    for (int64_t k = 1; k < p.kernel; ++k) {
      v = Join::join(v, load_columns<kStride>(from + k * p.dilation));
    }
    const int64_t rest = p.out_width - x;
    if (rest >= kLanes) {
      hn::StoreU(Join::finish(v, p.scales ? hn::LoadU(d, p.scales + x) : v), d, p.out + x);
    } else {
      const auto some = static_cast<size_t>(rest);
      store_some(Join::finish(v, p.scales ? load_some(p.scales + x, some) : v), p.out + x, some);
    }
  }
  return x;
}

template <class Join>
void row(const PoolRow& p) {
  join_rows<Join>(p);
  if (p.stride == 1) {
    join_columns<Join, 1>(p);
  } else if (p.stride == 2) {
    join_columns<Join, 2>(p);
  } else {
    for (int64_t x = 0; x < p.out_width; ++x) {
      const float* from = p.buffer + x * p.stride;
      float v = from[0];
      for (int64_t k = 1; k < p.kernel; ++k) v = Join::join(v, from[k * p.dilation]);
      p.out[x] = p.scales ? v * p.scales[x] : v;
    }
  }
}

constexpr PoolingLoops kTable = {&pixel<Maximum>, &pixel<Sum>,   &quads<Maximum>,
                                 &quads<Sum>,     &row<Maximum>, &row<Sum>};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(PoolingLoops, pooling_loops)
}  // namespace tenon::simd
#endif
