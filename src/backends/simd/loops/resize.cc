// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Gathers along rows, weighted sums across rows and pixels.
#include "backends/simd/loops/resize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/resize.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

using I32 = hn::RebindToSigned<F32>;

void pick(const float* row, const ResizeColumns& columns, float* out) {
  const F32 d;
  int64_t i = 0;
  for (; i + kLanes <= columns.count; i += kLanes) {
    hn::StoreU(hn::GatherIndex(d, row, hn::LoadU(I32(), columns.first + i)), d, out + i);
  }
  for (; i < columns.count; ++i) out[i] = row[columns.first[i]];
}

void mix(const float* row, const ResizeColumns& columns, float* out) {
  const F32 d;
  int64_t i = 0;
  for (; i + kLanes <= columns.count; i += kLanes) {
    const Vec first = hn::GatherIndex(d, row, hn::LoadU(I32(), columns.first + i));
    const Vec second = hn::GatherIndex(d, row, hn::LoadU(I32(), columns.second + i));
    const Vec sum = hn::Mul(first, hn::LoadU(d, columns.first_weight + i));
    hn::StoreU(hn::MulAdd(second, hn::LoadU(d, columns.second_weight + i), sum), d, out + i);
  }
  for (; i < columns.count; ++i) {
    out[i] = row[columns.first[i]] * columns.first_weight[i] +
             row[columns.second[i]] * columns.second_weight[i];
  }
}

void blend(const float* upper, const float* lower, float upper_weight, float lower_weight,
           int64_t count, float* out) {
  const F32 d;
  const Vec a = hn::Set(d, upper_weight), b = hn::Set(d, lower_weight);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Vec sum = hn::Mul(hn::LoadU(d, upper + i), a);
    hn::StoreU(hn::MulAdd(hn::LoadU(d, lower + i), b, sum), d, out + i);
  }
  for (; i < count; ++i) out[i] = upper[i] * upper_weight + lower[i] * lower_weight;
}

void pixel(const float* const* corners, const float* weights, int64_t channels, float* out) {
  const F32 d;
  const Vec w0 = hn::Set(d, weights[0]), w1 = hn::Set(d, weights[1]);
  const Vec w2 = hn::Set(d, weights[2]), w3 = hn::Set(d, weights[3]);
  int64_t i = 0;
  for (; i + kLanes <= channels; i += kLanes) {
    Vec sum = hn::Mul(hn::LoadU(d, corners[0] + i), w0);
    sum = hn::MulAdd(hn::LoadU(d, corners[1] + i), w1, sum);
    sum = hn::MulAdd(hn::LoadU(d, corners[2] + i), w2, sum);
    hn::StoreU(hn::MulAdd(hn::LoadU(d, corners[3] + i), w3, sum), d, out + i);
  }
  for (; i < channels; ++i) {
    out[i] = corners[0][i] * weights[0] + corners[1][i] * weights[1] + corners[2][i] * weights[2] +
             corners[3][i] * weights[3];
  }
}

constexpr ResizeLoops kTable = {&pick, &mix, &blend, &pixel};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(ResizeLoops, resize_loops)
}  // namespace tenon::simd
#endif
