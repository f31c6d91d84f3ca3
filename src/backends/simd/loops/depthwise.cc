// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A vector of channels at a time: tiles of pixels inside the image share inputs and weights, pixels
// at the border go tap by tap.
#include "backends/simd/loops/depthwise.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/depthwise.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

/// Whole vectors of channels.
struct Whole {
  HWY_INLINE Vec load(const float* from) const { return hn::LoadU(F32(), from); }
  HWY_INLINE void store(Vec v, float* to) const { hn::StoreU(v, F32(), to); }
};
/// The last few channels.
struct Some {
  size_t count;
  HWY_INLINE Vec load(const float* from) const { return load_some(from, count); }
  HWY_INLINE void store(Vec v, float* to) const { store_some(v, to, count); }
};

template <class Access>
HWY_INLINE void finish(const DepthwiseRow& r, const Access& access, Vec y, int64_t x, int64_t c) {
  const int64_t at = x * r.pixel_step + c;
  if (r.residual) y = hn::Add(y, access.load(r.residual + at));
  access.store(clamp(y, r.low, r.high), r.out + at);
}

template <class Access>
HWY_INLINE Vec start(const DepthwiseRow& r, const Access& access, int64_t c) {
  return r.bias ? access.load(r.bias + c) : hn::Zero(F32());
}

/// One pixel, whose window may reach over the border.
template <class Access>
HWY_INLINE void border_pixel(const DepthwiseRow& r, const Access& access, int64_t x, int64_t c) {
  const int64_t column = x * r.stride - r.left;
  const int64_t first = column >= 0 ? 0 : (-column + r.dilation - 1) / r.dilation;
  const int64_t end = std::min(r.kernel, (r.width - column + r.dilation - 1) / r.dilation);
  const float* row = r.input + column * r.pixel_step + c;
  const float* weights = r.w + c;
  Vec sum = start(r, access, c);
  for (int64_t ky = 0; ky < r.rows; ++ky) {
    for (int64_t kx = first; kx < end; ++kx) {
      sum = hn::MulAdd(access.load(row + kx * r.dilation * r.pixel_step),
                       access.load(weights + kx * r.w_step), sum);
    }
    row += r.row_step;
    weights += r.kernel * r.w_step;
  }
  finish(r, access, sum, x, c);
}

/// kPixels pixels from x on whose windows are all inside.
template <int kPixels, int kKernel, int kStride, class Access>
HWY_INLINE void inner_tile(const DepthwiseRow& r, const Access& access, int64_t x, int64_t c) {
  Vec sum[kPixels];
  TENON_UNROLL for (int p = 0; p < kPixels; ++p) sum[p] = start(r, access, c);
  const float* row = r.input + (x * kStride - r.left) * r.pixel_step + c;
  const float* weights = r.w + c;
  for (int64_t ky = 0; ky < r.rows; ++ky, row += r.row_step) {
    Vec w[kKernel];
    TENON_UNROLL for (int k = 0; k < kKernel; ++k, weights += r.w_step) w[k] = access.load(weights);
    const float* column = row;
    TENON_UNROLL for (int j = 0; j < (kPixels - 1) * kStride + kKernel; ++j) {
      const Vec in = access.load(column);
      column += r.pixel_step;
      TENON_UNROLL for (int k = 0; k < kKernel; ++k) {
        const int p = (j - k) / kStride;
        if (j >= k && (j - k) % kStride == 0 && p < kPixels) sum[p] = hn::MulAdd(in, w[k], sum[p]);
      }
    }
  }
  TENON_UNROLL for (int p = 0; p < kPixels; ++p) finish(r, access, sum[p], x + p, c);
}

/// The pixels [x, end), all inside; the last tile reaches back over pixels already done.
template <int kKernel, int kStride, class Access>
HWY_INLINE void inner_pixels(const DepthwiseRow& r, const Access& access, int64_t x, int64_t end,
                             int64_t c) {
  constexpr int kMany = 8, kFew = 4;
  const int64_t first = x;
  for (; x + kMany <= end; x += kMany) inner_tile<kMany, kKernel, kStride>(r, access, x, c);
  while (x < end) {
    if (end - first >= kFew) {
      const int64_t from = std::min(x, end - kFew);
      inner_tile<kFew, kKernel, kStride>(r, access, from, c);
      x = from + kFew;
    } else {
      inner_tile<1, kKernel, kStride>(r, access, x++, c);
    }
  }
}

template <class Access>
HWY_INLINE void channels(const DepthwiseRow& r, const Access& access, int64_t c) {
  // Columns whose windows are inside.
  const int64_t reach = (r.kernel - 1) * r.dilation;
  const int64_t begin = std::min((r.left + r.stride - 1) / r.stride, r.out_width);
  const int64_t room = r.width - 1 + r.left - reach;
  const int64_t end = room < 0 ? begin : std::clamp(room / r.stride + 1, begin, r.out_width);
  for (int64_t x = 0; x < begin; ++x) border_pixel(r, access, x, c);
  const bool tiled = r.dilation == 1 && r.stride <= 2 && (r.kernel == 3 || r.kernel == 5);
  if (!tiled) {
    for (int64_t x = begin; x < end; ++x) border_pixel(r, access, x, c);
  } else if (r.kernel == 3) {
    r.stride == 1 ? inner_pixels<3, 1>(r, access, begin, end, c)
                  : inner_pixels<3, 2>(r, access, begin, end, c);
  } else {
    r.stride == 1 ? inner_pixels<5, 1>(r, access, begin, end, c)
                  : inner_pixels<5, 2>(r, access, begin, end, c);
  }
  for (int64_t x = end; x < r.out_width; ++x) border_pixel(r, access, x, c);
}

void row(const DepthwiseRow& r) {
  int64_t c = 0;
  for (; c + kLanes <= r.channels; c += kLanes) channels(r, Whole(), c);
  if (c < r.channels) channels(r, Some{static_cast<size_t>(r.channels - c)}, c);
}

constexpr DepthwiseLoops kTable = {&row};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(DepthwiseLoops, depthwise_loops)
}  // namespace tenon::simd
#endif
