// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What reduces rows in a group of threads. Generated text before this defines THREADS: of a row, 8
// to 32, or the threads of a block.
constexpr uint kAll = 0xffffffffu;
constexpr int kWarps = THREADS <= 32 ? 1 : THREADS / 32;

// Joins a value of every thread of the row; all get the result. Every thread of the block calls it.
template <class V, class Join>
__device__ __forceinline__ V join_row(V value, Join join) {
#pragma unroll
  for (int lanes = THREADS < 32 ? THREADS / 2 : 16; lanes > 0; lanes /= 2)
    value = join(value, value.from(lanes));
  if (kWarps == 1) return value;
  __shared__ V warps[kWarps];
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  value = warps[0];
#pragma unroll
  for (int i = 1; i < kWarps; ++i) value = join(value, warps[i]);
  return value;
}
template <class W>
struct One {
  W a;
  __device__ __forceinline__ One from(int lanes) const { return {__shfl_xor_sync(kAll, a, lanes)}; }
};
template <class W>
struct Two {
  W a, b;
  __device__ __forceinline__ Two from(int lanes) const {
    return {__shfl_xor_sync(kAll, a, lanes), __shfl_xor_sync(kAll, b, lanes)};
  }
};
template <class W>
__device__ __forceinline__ W sum_row(W value) {
  return join_row(One<W>{value}, [](One<W> x, One<W> y) { return One<W>{x.a + y.a}; }).a;
}
template <class W>
__device__ __forceinline__ W max_row(W value) {
  return join_row(One<W>{value}, [](One<W> x, One<W> y) { return One<W>{larger(x.a, y.a)}; }).a;
}
/// The row of this thread: a block holds one, or as many as it has groups.
__device__ __forceinline__ uint row_of_thread() {
  return THREADS <= 32 ? blockIdx.x * (blockDim.x / THREADS) + threadIdx.x / THREADS : blockIdx.x;
}
