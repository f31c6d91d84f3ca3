// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and its logarithm. Generated text before this defines T, LOG, THREADS, LANES (elements
// that are read at once) and HELD: vectors of a row that each thread keeps in registers, 0 where
// rows are longer than that.
struct Arguments {
  const T* x;
  T* y;
  uint rows, count;
  uint inner;  // for columns: neighbours that are lines of their own
  Divisor inner_lines;
};
typedef Wide<T> W;

// sum of exp(value − a) so far is b.
__device__ __forceinline__ Two<W> join_sums(Two<W> x, Two<W> y) {
  const W top = larger(x.a, y.a);
  if (top == lowest<W>()) return {top, 0};
  return {top, x.b * exp(x.a - top) + y.b * exp(y.a - top)};
}
__device__ __forceinline__ T finish(W value, W top, W sum) {
  return narrow<T>(LOG ? value - top - log(sum) : exp(value - top) / sum);
}

template <int N, int Held>
__device__ __forceinline__ void rows(const Arguments& a) {
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const T* x = a.x + (i64)(there ? row : 0) * a.count;
  T* y = a.y + (i64)(there ? row : 0) * a.count;
  if constexpr (Held > 0) {
    W held[Held * N];
    W top = lowest<W>(), sum = 0;
#pragma unroll
    for (int i = 0; i < Held; ++i) {
      const uint at = (i * THREADS + lane) * N;
      Vec<T, N> values;
      if (at < a.count) values = load_vec<N>(x + at);
#pragma unroll
      for (int j = 0; j < N; ++j) {
        held[i * N + j] = at < a.count ? wide(values.v[j]) : lowest<W>();
        top = larger(top, held[i * N + j]);
      }
    }
    top = max_row(top);
#pragma unroll
    for (int i = 0; i < Held * N; ++i) {
      const bool mine = (i / N * THREADS + lane) * N < a.count;
      sum += mine ? exp(held[i] - top) : 0;
    }
    sum = sum_row(sum);
#pragma unroll
    for (int i = 0; i < Held; ++i) {
      const uint at = (i * THREADS + lane) * N;
      Vec<T, N> values;
#pragma unroll
      for (int j = 0; j < N; ++j) values.v[j] = finish(held[i * N + j], top, sum);
      if (there && at < a.count) store_vec<N>(y + at, values);
    }
  } else {
    Two<W> state = {lowest<W>(), 0};
    for (uint at = lane * N; at < a.count; at += THREADS * N) {
      const Vec<T, N> values = load_vec<N>(x + at);
      W top = state.a;
#pragma unroll
      for (int j = 0; j < N; ++j) top = larger(top, wide(values.v[j]));
      if (top == lowest<W>()) continue;
      W sum = state.b * exp(state.a - top);
#pragma unroll
      for (int j = 0; j < N; ++j) sum += exp(wide(values.v[j]) - top);
      state = {top, sum};
    }
    state = join_row(state, join_sums);
    for (uint at = lane * N; there && at < a.count; at += THREADS * N) {
      Vec<T, N> values = load_vec<N>(x + at);
#pragma unroll
      for (int j = 0; j < N; ++j) values.v[j] = finish(wide(values.v[j]), state.a, state.b);
      store_vec<N>(y + at, values);
    }
  }
}
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    softmax_rows(const __grid_constant__ Arguments a) {
  begin_kernel();
  rows<LANES, HELD>(a);
}
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    softmax_rows_plain(const __grid_constant__ Arguments a) {
  begin_kernel();
  rows<1, 0>(a);
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_columns(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint line = blockIdx.x * blockDim.x + threadIdx.x;
  if (line >= a.rows) return;
  uint outer = line;
  const uint inner = split(outer, a.inner_lines);
  const i64 first = (i64)outer * a.count * a.inner + inner;
  Two<W> state = {lowest<W>(), 0};
  for (uint i = 0; i < a.count; ++i) {
    state = join_sums(state, Two<W>{wide(a.x[first + (i64)i * a.inner]), 1});
  }
  for (uint i = 0; i < a.count; ++i) {
    const i64 at = first + (i64)i * a.inner;
    a.y[at] = finish(wide(a.x[at]), state.a, state.b);
  }
}
