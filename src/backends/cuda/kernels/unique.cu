// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The different slices of a tensor: their numbers are sorted, neighbours compared, the first ones
// counted. Generated text before this defines T and SORTED.
struct Arguments {
  const T* x;
  uint* order;    // numbers of slices, sorted; as many as a power of two
  uint* group;    // by place in `order`: which of the different slices stands there
  uint* begin;    // by group: the place in `order` of its first member, which is the least
  uint* earlier;  // not SORTED, by slice: 1 for the first of its group, then how many are before it
  T* y;
  i64* firsts;
  i64* places;
  i64* counts;
  i64* total;
  uint outer, slices, inner, padded, room;
  uint span, distance;  // of a step of the sort
};
constexpr uint kBlock = 1024, kPiece = 2 * kBlock;

// NaN is greater than all numbers, and equal to itself.
__device__ __forceinline__ bool less(Wide<T> a, Wide<T> b) {
  if (a != a || b != b) return a == a;
  return a < b;
}
/// -1, 0 or 1.
__device__ __forceinline__ int compare(const Arguments& a, uint i, uint j) {
  for (uint outer = 0; outer < a.outer; ++outer) {
    const T* base = a.x + (i64)outer * a.slices * a.inner;
    for (uint k = 0; k < a.inner; ++k) {
      const Wide<T> left = wide(base[(i64)i * a.inner + k]);
      const Wide<T> right = wide(base[(i64)j * a.inner + k]);
      if (less(left, right)) return -1;
      if (less(right, left)) return 1;
    }
  }
  return 0;
}
/// Whether slice i stands before slice j; numbers beyond the slices stand last.
__device__ __forceinline__ bool before(const Arguments& a, uint i, uint j) {
  if (i >= a.slices || j >= a.slices) return i < j;
  const int relation = compare(a, i, j);
  return relation < 0 || (relation == 0 && i < j);
}
/// One exchange of Batcher's bitonic sort: `at` and its partner within a stretch of `span`.
__device__ __forceinline__ void exchange(const Arguments& a, uint* order, uint low, uint high,
                                         bool rising) {
  const uint i = order[low], j = order[high];
  if (before(a, j, i) != rising) return;
  order[low] = j;
  order[high] = i;
}
__device__ __forceinline__ uint low_of(uint thread, uint distance) {
  return 2 * thread - (thread & (distance - 1));
}

// Blocks of kPiece numbers, or all when there are fewer, are sorted in shared memory: from spans of
// 2 on, or the last steps of one greater span.
__device__ __forceinline__ void sort_piece(const Arguments& a, uint* piece, uint from, uint to) {
  const uint first = blockIdx.x * kPiece;
  for (uint span = from;; span *= 2) {
    for (uint distance = min(span / 2, kBlock); distance > 0; distance /= 2) {
      __syncthreads();
      const uint low = low_of(threadIdx.x, distance);
      exchange(a, piece, low, low + distance, ((first + low) & span) == 0);
    }
    if (span == to) break;
  }
  __syncthreads();
}
extern "C" __global__ void __launch_bounds__(kBlock)
    sort_pieces(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint piece[kPiece];
  const uint first = blockIdx.x * kPiece;
  for (uint i = threadIdx.x; i < kPiece; i += kBlock) piece[i] = first + i;
  sort_piece(a, piece, 2, kPiece);
  for (uint i = threadIdx.x; i < kPiece; i += kBlock) a.order[first + i] = piece[i];
}
extern "C" __global__ void __launch_bounds__(kBlock)
    merge_pieces(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint piece[kPiece];
  const uint first = blockIdx.x * kPiece;
  for (uint i = threadIdx.x; i < kPiece; i += kBlock) piece[i] = a.order[first + i];
  sort_piece(a, piece, a.span, a.span);
  for (uint i = threadIdx.x; i < kPiece; i += kBlock) a.order[first + i] = piece[i];
}
extern "C" __global__ void merge_far(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint low = low_of(blockIdx.x * blockDim.x + threadIdx.x, a.distance);
  exchange(a, a.order, low, low + a.distance, (low & a.span) == 0);
}

extern "C" __global__ void mark_firsts(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= a.slices) return;
  const uint slice = a.order[at];
  const uint first = at == 0 || compare(a, a.order[at - 1], slice) != 0 ? 1 : 0;
  a.group[at] = first;
  if (!SORTED) a.earlier[slice] = first;
}

// One block: flags become numbers.
extern "C" __global__ void __launch_bounds__(kBlock)
    number_groups(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint warps[32];
  uint groups = 0, earlier = 0;
  for (uint first = 0; first < a.slices; first += kBlock) {
    const uint at = first + threadIdx.x;
    uint all = 0;
    const uint flag = at < a.slices ? a.group[at] : 0;
    const uint number = groups + sum_before(flag, warps, all);
    groups += all;
    if (at < a.slices) a.group[at] = number + flag - 1;
    if (flag != 0) a.begin[number] = at;
    if (SORTED) continue;
    const uint own = at < a.slices ? a.earlier[at] : 0;
    const uint before = earlier + sum_before(own, warps, all);
    earlier += all;
    if (at < a.slices) a.earlier[at] = before;
  }
  if (threadIdx.x != 0) return;
  a.begin[groups] = a.slices;
  a.total[0] = groups;
  __threadfence_system();  // the processor may be waiting for it
}

// More than the outputs hold is left out.
extern "C" __global__ void write_groups(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= a.slices) return;
  const uint group = a.group[at], begin = a.begin[group], first = a.order[begin];
  const uint number = SORTED ? group : a.earlier[first];
  a.places[a.order[at]] = number;
  if (at != begin || number >= a.room) return;
  a.firsts[number] = first;
  a.counts[number] = a.begin[group + 1] - begin;
}
extern "C" __global__ void write_slices(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  const uint count = min((uint)a.group[a.slices - 1] + 1, a.room), row = count * a.inner;
  if (item / row >= a.outer) return;
  const uint outer = item / row, number = item % row / a.inner, k = item % a.inner;
  a.y[item] = a.x[((i64)outer * a.slices + a.firsts[number]) * a.inner + k];
}
