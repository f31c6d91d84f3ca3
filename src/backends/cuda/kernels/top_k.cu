// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The first K elements of each line along an axis, in order; of equal ones that of the least index,
// or of the greatest. Generated text before this defines T, I (the type of indices), LARGEST and
// LAST. NaN is greater than all numbers.
typedef Wide<T> W;
struct Arguments {
  const T* x;
  T* y;
  I* indices;
  uint extent, k;
  Divisor inner;  // lines that are neighbours
};
constexpr uint kThreads = 256;

__device__ __forceinline__ bool less(W a, W b) {
  if (a != a || b != b) return a == a;
  return a < b;
}
/// True when element `i` of value a stands before element `j` of value b.
__device__ __forceinline__ bool before(W a, uint i, W b, uint j) {
  if (less(a, b)) return !LARGEST;
  if (less(b, a)) return LARGEST;
  return LAST ? i > j : i < j;
}
struct Line {
  const T* x;
  i64 to;
  uint stride;
};
__device__ __forceinline__ Line line_of(const Arguments& a, uint line) {
  uint outer = line;
  const uint inner = split(outer, a.inner), stride = a.inner.divisor;
  return {a.x + (i64)outer * a.extent * stride + inner, (i64)outer * a.k * stride + inner, stride};
}
__device__ __forceinline__ void put(const Arguments& a, const Line& line, uint place, uint index) {
  const i64 to = line.to + (i64)place * line.stride;
  a.y[to] = line.x[(i64)index * line.stride];
  a.indices[to] = index;
}

// Counts for each element those before it: a block takes kThreads elements of a line.
extern "C" __global__ void __launch_bounds__(kThreads) rank(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ W seen[kThreads];
  const Line line = line_of(a, blockIdx.y);
  const uint mine = blockIdx.x * kThreads + threadIdx.x;
  const W own = mine < a.extent ? wide(line.x[(i64)mine * line.stride]) : (W)0;
  uint place = 0;
  for (uint first = 0; first < a.extent; first += kThreads) {
    const uint at = first + threadIdx.x;
    __syncthreads();
    if (at < a.extent) seen[threadIdx.x] = wide(line.x[(i64)at * line.stride]);
    __syncthreads();
    const uint count = min(kThreads, a.extent - first);
    for (uint i = 0; i < count; ++i) place += before(seen[i], first + i, own, mine);
  }
  if (mine < a.extent && place < a.k) put(a, line, place, mine);
}

struct Found {
  W value;
  uint index;  // all bits set: none
};
__device__ __forceinline__ Found better(Found x, Found y) {
  if (y.index == ~0u) return x;
  if (x.index == ~0u) return y;
  return before(x.value, x.index, y.value, y.index) ? x : y;
}
// Finds the first element K times, each time behind the last one: a block a line.
extern "C" __global__ void __launch_bounds__(kThreads) best(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ Found found[kThreads / 32];
  const Line line = line_of(a, blockIdx.x);
  Found last = {0, ~0u};
  for (uint place = 0; place < a.k; ++place) {
    Found mine = {0, ~0u};
    for (uint i = threadIdx.x; i < a.extent; i += kThreads) {
      const Found here = {wide(line.x[(i64)i * line.stride]), i};
      if (last.index != ~0u && !before(last.value, last.index, here.value, i)) continue;
      mine = better(mine, here);
    }
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
      const Found other = {__shfl_xor_sync(0xffffffffu, mine.value, lanes),
                           __shfl_xor_sync(0xffffffffu, mine.index, lanes)};
      mine = better(mine, other);
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) found[threadIdx.x / 32] = mine;
    __syncthreads();
    last = found[0];
    for (uint i = 1; i < kThreads / 32; ++i) last = better(last, found[i]);
    if (threadIdx.x == 0) put(a, line, place, last.index);
  }
}
