// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions. Generated text before this defines T, THREADS, and KIND, a number below.
enum { kSum, kProd, kMax, kMin, kMean, kL1, kL2, kLogSum, kLogSumExp, kSumSquare };
typedef Wide<T> W;
typedef Two<W> State;  // b: of kLogSumExp, whose a is the greatest so far
template <class V>
struct RootOf {
  typedef double Type;
};
template <>
struct RootOf<float> {
  typedef float Type;
};
typedef RootOf<W>::Type Root;

__device__ __forceinline__ State nothing() {
  return {KIND == kProd                        ? (W)1
          : KIND == kMax || KIND == kLogSumExp ? lowest<W>()
          : KIND == kMin                       ? highest<W>()
                                               : (W)0,
          0};
}
__device__ __forceinline__ State element(W x) {
  if (KIND == kL1) return {un_abs(x), 0};
  if (KIND == kL2 || KIND == kSumSquare) return {x * x, 0};
  return {x, 1};
}
__device__ __forceinline__ State join(State x, State y) {
  if (KIND == kProd) return {x.a * y.a, 0};
  if (KIND == kMax) return {larger(x.a, y.a), 0};
  if (KIND == kMin) return {smaller(x.a, y.a), 0};
  if (KIND == kLogSumExp) {
    const W top = larger(x.a, y.a);
    if (top == lowest<W>()) return {top, 0};
    return {top, (W)(x.b * exp((Root)(x.a - top)) + y.b * exp((Root)(y.a - top)))};
  }
  return {x.a + y.a, 0};
}
__device__ __forceinline__ T finish(State x, uint count) {
  if (KIND == kMean) return narrow<T>(x.a / (W)count);
  if (KIND == kL2) return narrow<T>(sqrt((Root)x.a));
  if (KIND == kLogSum) return narrow<T>(log((Root)x.a));
  if (KIND == kLogSumExp) return narrow<T>((Root)x.a + log((Root)x.b));
  return narrow<T>(x.a);
}

struct Rows {
  const T* x;
  T* y;
  State* parts;  // null, or [row, part]: what each part of a row gives
  uint rows, count;
  uint part, all;  // elements of a part; of a whole row
};
// Grid: rows, or blocks of rows a warp; y: parts of rows.
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    reduce_rows(const __grid_constant__ Rows a) {
  begin_kernel();
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const T* x = a.x + (i64)(there ? row : 0) * a.count;
  const uint begin = blockIdx.y * a.part, end = min(begin + a.part, a.count);
  State state = nothing();
  for (uint at = begin + lane; at < end; at += THREADS) state = join(state, element(wide(x[at])));
  state = join_row(state, join);
  if (!there || lane != 0) return;
  if (a.parts != nullptr) {
    a.parts[(i64)row * gridDim.y + blockIdx.y] = state;
  } else {
    a.y[row] = finish(state, a.all);
  }
}
// The parts of a row, `count` of them.
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    reduce_parts(const __grid_constant__ Rows a) {
  begin_kernel();
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const State* parts = a.parts + (i64)(there ? row : 0) * a.count;
  State state = nothing();
  for (uint at = lane; at < a.count; at += THREADS) state = join(state, parts[at]);
  state = join_row(state, join);
  if (there && lane == 0) a.y[row] = finish(state, a.all);
}

constexpr int kMostAxes = 8;
struct Lines {
  const T* x;
  T* y;
  State* parts;  // null, or [line, part]
  uint lines, count, part;
  int kept_rank, shared_rank;
  Divisor kept[kMostAxes], shared[kMostAxes];
  int kept_stride[kMostAxes], shared_stride[kMostAxes];
};
// 32 lines side by side, 8 threads to each. Grid: lines; parts of them.
extern "C" __global__ void __launch_bounds__(256) reduce_lines(const __grid_constant__ Lines a) {
  begin_kernel();
  const uint line = blockIdx.x * 32 + threadIdx.x;
  i64 first = 0;
  uint rest = line < a.lines ? line : 0;
  for (int d = a.kept_rank - 1; d >= 0; --d)
    first += (i64)split(rest, a.kept[d]) * a.kept_stride[d];
  State state = nothing();
  const uint end = min((blockIdx.y + 1) * a.part, a.count);
  for (uint i = blockIdx.y * a.part + threadIdx.y; i < end; i += 8) {
    i64 at = first;
    uint index = i;
    for (int d = a.shared_rank - 1; d > 0; --d) {
      at += (i64)split(index, a.shared[d]) * a.shared_stride[d];
    }
    at += (i64)index * a.shared_stride[0];
    state = join(state, element(wide(a.x[at])));
  }
  __shared__ State states[8][32];
  states[threadIdx.y][threadIdx.x] = state;
  __syncthreads();
  if (threadIdx.y != 0 || line >= a.lines) return;
  for (int i = 1; i < 8; ++i) state = join(state, states[i][threadIdx.x]);
  if (a.parts != nullptr) {
    a.parts[(i64)line * gridDim.y + blockIdx.y] = state;
  } else {
    a.y[line] = finish(state, a.count);
  }
}
