// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element with broadcasting. Generated text before this defines: INPUTS, MOST_AXES; TY,
// the output's type; LANES, elements of the widest type in 16 bytes; LOAD_ALL, which declares
// Vec<…, N> v0, v1, …; COMPUTE(j), what lanes j of them give.
struct Arguments {
  const void* x[INPUTS];
  TY* y;
  uint items;         // vectors; the last of a row may be cut
  uint inner;         // elements of a row
  Divisor row_items;  // vectors of a row
  int rank;           // axes of rows
  Divisor extent[MOST_AXES];
  int stride[INPUTS][MOST_AXES];
  int step[INPUTS];  // elements along a row: 0 or 1; anything where vectors are single elements
};

template <int N, class T>
__device__ __forceinline__ Vec<T, N> take(const void* from, int offset, uint at, int step,
                                          uint left) {
  const T* x = (const T*)from + offset;
  Vec<T, N> all;
  if (N == 1) {
    all.v[0] = x[(i64)at * step];
  } else if (step == 0) {
#pragma unroll
    for (int i = 0; i < N; ++i) all.v[i] = x[0];
  } else if (left >= N) {
    all = load_vec<N>(x + at);
  } else {
#pragma unroll
    for (int i = 0; i < N; ++i) all.v[i] = x[at + min((uint)i, left - 1)];
  }
  return all;
}

template <int N>
__device__ __forceinline__ void run(const Arguments& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint row = 0, at = item * N, first = 0;
  int offset[INPUTS];
#pragma unroll
  for (int i = 0; i < INPUTS; ++i) offset[i] = 0;
  if (a.rank > 0) {
    row = item;
    at = split(row, a.row_items) * N;
    first = row * a.inner;
    for (int d = a.rank - 1; d >= 0; --d) {
      const int index = split(row, a.extent[d]);
#pragma unroll
      for (int i = 0; i < INPUTS; ++i) offset[i] += index * a.stride[i][d];
    }
  }
  const uint left = a.inner - at;
  LOAD_ALL
  Vec<TY, N> y;
#pragma unroll
  for (int j = 0; j < N; ++j) y.v[j] = narrow<TY>(COMPUTE(j));
  TY* to = a.y + first + at;
  if (N == 1 || left >= N) {
    store_vec<N>(to, y);
  } else {
#pragma unroll
    for (int j = 0; j < N; ++j) {
      if (j < left) to[j] = y.v[j];
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    pointwise_vectors(const __grid_constant__ Arguments a) {
  begin_kernel();
  run<LANES>(a);
}
extern "C" __global__ void __launch_bounds__(256)
    pointwise_elements(const __grid_constant__ Arguments a) {
  begin_kernel();
  run<1>(a);
}
