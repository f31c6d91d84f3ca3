// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and its logarithm. Generated text before this defines T, LOG, THREADS and HELD: elements
// of a row that each thread keeps in registers, 0 where rows are longer than that.
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

extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    softmax_rows(const __grid_constant__ Arguments a) {
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const T* x = a.x + (i64)(there ? row : 0) * a.count;
  T* y = a.y + (i64)(there ? row : 0) * a.count;
#if HELD > 0
  W held[HELD];
  W top = lowest<W>();
#pragma unroll
  for (int i = 0; i < HELD; ++i) {
    const uint at = i * THREADS + lane;
    held[i] = at < a.count ? wide(x[at]) : lowest<W>();
    top = larger(top, held[i]);
  }
  top = max_row(top);
  W sum = 0;
#pragma unroll
  for (int i = 0; i < HELD; ++i) sum += i * THREADS + lane < a.count ? exp(held[i] - top) : 0;
  sum = sum_row(sum);
#pragma unroll
  for (int i = 0; i < HELD; ++i) {
    const uint at = i * THREADS + lane;
    if (there && at < a.count) y[at] = finish(held[i], top, sum);
  }
#else
  Two<W> state = {lowest<W>(), 0};
  for (uint at = lane; at < a.count; at += THREADS) {
    state = join_sums(state, Two<W>{wide(x[at]), 1});
  }
  state = join_row(state, join_sums);
  for (uint at = lane; there && at < a.count; at += THREADS) {
    y[at] = finish(wide(x[at]), state.a, state.b);
  }
#endif
}

extern "C" __global__ void __launch_bounds__(256)
    softmax_columns(const __grid_constant__ Arguments a) {
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
