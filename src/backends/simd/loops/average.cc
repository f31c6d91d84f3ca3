// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Averages of small integers, a vector of channels at a time.
#include "backends/simd/loops/average.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/average.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

using Sums = hn::RebindToSigned<F32>;

/// kLanes channels from c on.
template <class From, class To>
HWY_INLINE void average_at(const AveragePixel& p, const From* input, To* out) {
  const Sums sums;
  const F32 real;
  auto sum = hn::Zero(sums);
  for (int64_t y = 0; y < p.rows; ++y) {
    const From* row = input + y * p.row_step;
    for (int64_t x = 0; x < p.columns; ++x) {
      sum = hn::Add(
          sum, hn::PromoteTo(sums, hn::LoadU(hn::Rebind<From, F32>(), row + x * p.column_step)));
    }
  }
  const Vec centred = hn::Sub(hn::ConvertTo(real, sum), hn::Set(real, p.shift));
  // Far beyond the ends of every grid, and within i32.
  const Vec steps = clamp(hn::Mul(centred, hn::Set(real, p.factor)), -1024, 1024);
  const auto whole = hn::Add(hn::NearestInt(steps), hn::Set(sums, p.zero));
  hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), whole), hn::Rebind<To, F32>(), out);
}

template <class From, class To>
void average(const AveragePixel& p) {
  const auto* input = static_cast<const From*>(p.input);
  auto* out = static_cast<To*>(p.out);
  if (p.channels >= kLanes) {
    for (int64_t begin = 0; begin < p.channels; begin += kLanes) {
      // The last channels overlap those before.
      const int64_t c = begin + kLanes <= p.channels ? begin : p.channels - kLanes;
      average_at(p, input + c, out + c);
    }
    return;
  }
  // So few channels that a vector would read beyond them: one by one, in the same arithmetic.
  for (int64_t c = 0; c < p.channels; ++c) {
    int32_t sum = 0;
    for (int64_t y = 0; y < p.rows; ++y) {
      for (int64_t x = 0; x < p.columns; ++x) {
        sum += input[y * p.row_step + x * p.column_step + c];
      }
    }
    const F32 real;
    const Vec centred = hn::Set(real, static_cast<float>(sum) - p.shift);
    const Vec steps = clamp(hn::Mul(centred, hn::Set(real, p.factor)), -1024, 1024);
    const auto whole = hn::Add(hn::NearestInt(steps), hn::Set(Sums(), p.zero));
    To lanes[kLanes];
    hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), whole), hn::Rebind<To, F32>(), lanes);
    out[c] = lanes[0];
  }
}

constexpr AverageLoops kTable = {{{&average<int8_t, int8_t>, &average<int8_t, uint8_t>},
                                  {&average<uint8_t, int8_t>, &average<uint8_t, uint8_t>}}};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(AverageLoops, average_loops)
}  // namespace tenon::simd
#endif
