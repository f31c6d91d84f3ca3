// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Suppression of overlapping boxes: a block for each class of each image puts its boxes in order
// and goes through them, then one block lists what all have kept. Generated text before this
// defines T (boxes and scores), M, O and L (the types of the most boxes to keep, of the overlap and
// of the least score), HAS_MOST, HAS_OVERLAP and HAS_LEAST, I and N (the types of indices and of
// their count), and CENTER.
struct Arguments {
  const T* boxes;
  const T* scores;
  const M* most;
  const O* overlap;
  const L* least;
  uint* order;  // of each class: its boxes, the best first; then those kept
  uint* kept;   // of each class: how many
  I* y;
  N* total;
  uint problems, classes, count, room;  // count: boxes of an image
  i64 limit;
};
constexpr uint kThreads = 256;

struct Box {
  double low[2], high[2];
};
__device__ __forceinline__ Box box_at(const T* four) {
  Box box;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const double a = wide(four[i]), b = wide(four[i + 2]);
    box.low[i] = CENTER ? a - b / 2 : a < b ? a : b;
    box.high[i] = CENTER ? a + b / 2 : a < b ? b : a;
  }
  return box;
}
__device__ __forceinline__ double area(const Box& box) {
  return (box.high[0] - box.low[0]) * (box.high[1] - box.low[1]);
}
__device__ __forceinline__ bool overlaps(const Box& a, const Box& b, double threshold) {
  double shared = 1;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const double low = a.low[i] > b.low[i] ? a.low[i] : b.low[i];
    const double high = a.high[i] < b.high[i] ? a.high[i] : b.high[i];
    shared *= high > low ? high - low : 0;
  }
  const double both = area(a) + area(b) - shared;
  return shared > 0 && both > 0 && shared / both > threshold;
}

extern "C" __global__ void __launch_bounds__(kThreads)
    suppress(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint candidates, goes, count;
  const T* boxes = a.boxes + (i64)(blockIdx.x / a.classes) * a.count * 4;
  const T* scores = a.scores + (i64)blockIdx.x * a.count;
  uint* order = a.order + (i64)blockIdx.x * a.count;
  const double least = HAS_LEAST ? (double)wide(a.least[0]) : lowest<double>();
  const double threshold = HAS_OVERLAP ? (double)wide(a.overlap[0]) : 0;
  const i64 wanted = HAS_MOST ? (i64)a.most[0] : 0;
  if (threadIdx.x == 0) candidates = count = 0;
  __syncthreads();
  for (uint i = threadIdx.x; i < a.count; i += kThreads) {
    const double own = wide(scores[i]);
    if (!(own > least)) continue;
    uint place = 0;
    for (uint j = 0; j < a.count; ++j) {
      const double other = wide(scores[j]);
      place += other > least && (other > own || (other == own && j < i));
    }
    order[place] = i;
    atomicAdd(&candidates, 1u);
  }
  __syncthreads();
  uint end = candidates;
  if (a.limit >= 0 && a.limit < end) end = (uint)a.limit;
  for (uint i = 0; i < end; ++i) {
    const uint there = count;
    if ((i64)there >= wanted) break;
    const uint mine = order[i];
    const Box box = box_at(boxes + (i64)mine * 4);
    if (threadIdx.x == 0) goes = 0;
    __syncthreads();
    for (uint k = threadIdx.x; k < there; k += kThreads) {
      if (overlaps(box, box_at(boxes + (i64)order[k] * 4), threshold)) goes = 1;
    }
    __syncthreads();
    if (threadIdx.x == 0 && goes == 0) {
      order[there] = mine;
      count = there + 1;
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) a.kept[blockIdx.x] = count;
}

// More than the output holds is left out.
extern "C" __global__ void __launch_bounds__(kThreads)
    list_kept(const __grid_constant__ Arguments a) {
  begin_kernel();
  for (uint problem = threadIdx.x; problem < a.problems; problem += kThreads) {
    uint first = 0;
    for (uint i = 0; i < problem; ++i) first += a.kept[i];
    const uint count = a.kept[problem];
    if (problem == a.problems - 1) a.total[0] = (N)min(first + count, a.room);
    const uint* order = a.order + (i64)problem * a.count;
    for (uint i = 0; i < count && first + i < a.room; ++i) {
      I* to = a.y + (i64)(first + i) * 3;
      to[0] = (I)(problem / a.classes);
      to[1] = (I)(problem % a.classes);
      to[2] = (I)order[i];
    }
  }
}
