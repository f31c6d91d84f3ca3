// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The pass behind a sum.
#include "backends/simd/run/epilogue.h"

#include "backends/simd/loops/pointwise.h"
#include "base/parallel.h"

namespace tenon::simd {

void activate_stored(const ops::Activation& activation, Level level, int threads, float* data,
                     int64_t count) noexcept {
  if (!Epilogue(activation).separate) return;
  constexpr int64_t kGrain = 4096;
  const PointwiseLoops& loops = pointwise_loops(level);
  parallel_for(threads, count, kGrain, [&](int64_t begin, int64_t end) {
    loops.activate(activation.kind, activation.alpha, activation.beta, data + begin, end - begin);
  });
}

}  // namespace tenon::simd
