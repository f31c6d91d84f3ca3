// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors made of nothing: ramps and random numbers, the processor's numbers. Generated text before
// this defines T, RANK and KIND, a number below.
enum { kLinspace, kUniform, kNormal };
template <class V>
struct IsReal {
  static const bool value = false;
};
template <>
struct IsReal<float> {
  static const bool value = true;
};
template <>
struct IsReal<double> {
  static const bool value = true;
};
struct Arguments {
  const T* start;  // null: given_start
  const T* steps;  // null: given_step along every axis
  T* y;
  double given_start, given_step;
  u64 seed;
  uint items;
  Divisor extent[8];
};

/// SplitMix64 at a place of its sequence, as a number in [0, 1).
__device__ __forceinline__ double uniform(u64 seed, u64 at) {
  u64 z = seed + (at + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
  return (double)((z ^ z >> 31) >> 11) * (1.0 / 9007199254740992.0);
}
/// By Box and Muller's transform.
__device__ __forceinline__ double normal(u64 seed, u64 at) {
  const double radius = sqrt(-2 * log(1 - uniform(seed, 2 * at)));
  return radius * cos(6.283185307179586476925286766559 * uniform(seed, 2 * at + 1));
}

// Products and sums are rounded one by one, as on a processor.
extern "C" __global__ void fill(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  const double start = a.start != nullptr ? (double)wide(*a.start) : a.given_start;
  double value = start;
  if (KIND == kLinspace) {
    uint places[RANK + 1], rest = item;
#pragma unroll
    for (int d = RANK - 1; d >= 0; --d) places[d] = split(rest, a.extent[d]);
#pragma unroll
    for (int d = 0; d < RANK; ++d) {
      const double step = a.steps != nullptr ? (double)wide(a.steps[d]) : a.given_step;
      value = __dadd_rn(value, __dmul_rn(step, places[d]));
    }
  } else {
    const double step = a.steps != nullptr && RANK > 0 ? (double)wide(*a.steps) : a.given_step;
    const double by = KIND == kUniform ? __dmul_rn(__dsub_rn(step, start), uniform(a.seed, item))
                                       : __dmul_rn(step, normal(a.seed, item));
    value = __dadd_rn(start, by);
  }
  a.y[item] = narrow<T>(IsReal<Wide<T>>::value ? value : floor(value));
}
