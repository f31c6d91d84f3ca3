// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Einstein sums, an output a thread. Generated text before this defines T and TERMS.
constexpr int kMostAxes = 8, kMostTerms = 4;
typedef Wide<T> W;
struct Walk {
  int rank, count;            // count: of all places
  Divisor extent[kMostAxes];  // innermost first
  int stride[kMostTerms][kMostAxes];
};
struct Arguments {
  const T* x[kMostTerms];
  T* y;
  uint items;
  Walk outer, inner;
};
/// Adds what place `at` of the walk is to the offsets of all terms.
__device__ __forceinline__ void go(const Walk& walk, uint at, i64* offset) {
  for (int d = 0; d < walk.rank; ++d) {
    const int index = split(at, walk.extent[d]);
#pragma unroll
    for (int t = 0; t < TERMS; ++t) offset[t] += (i64)index * walk.stride[t][d];
  }
}
extern "C" __global__ void __launch_bounds__(128) einsum(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  i64 base[TERMS];
#pragma unroll
  for (int t = 0; t < TERMS; ++t) base[t] = 0;
  go(a.outer, item, base);
  W sum = 0;
  for (int i = 0; i < a.inner.count; ++i) {
    i64 at[TERMS];
#pragma unroll
    for (int t = 0; t < TERMS; ++t) at[t] = base[t];
    go(a.inner, (uint)i, at);
    W product = wide(a.x[0][at[0]]);
#pragma unroll
    for (int t = 1; t < TERMS; ++t) product *= wide(a.x[t][at[t]]);
    sum += product;
  }
  a.y[item] = narrow<T>(sum);
}
