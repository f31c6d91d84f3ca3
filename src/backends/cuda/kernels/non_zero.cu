// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Indices of elements that are not zero: counted block by block, with a bit kept for each element,
// then the counts summed up, then written. Generated text before this defines T, I (the type of
// indices) and RANK.
constexpr int kThreads = 256, kEach = 32, kChunk = kThreads * kEach;  // a thread keeps one word
struct Arguments {
  const T* x;
  uint* bits;    // one an element
  uint* counts;  // one a chunk: before scan_chunks their counts, then where they begin; all of them
  i64* total;
  I* y;
  uint items, chunks, room;
  Divisor extent[8];
};

// Thread t looks at elements t, t + 256, … of its block's chunk, so that reads are side by side;
// ballots turn them into words of 32 neighbours.
extern "C" __global__ void __launch_bounds__(kThreads)
    count_chunks(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint sums[kThreads / 32];
  const uint first = blockIdx.x * kChunk, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  uint mine = 0;
#pragma unroll 8
  for (int i = 0; i < kEach; ++i) {
    const uint at = first + i * kThreads + threadIdx.x;
    const bool set = at < a.items && wide(a.x[at]) != 0;
    const uint word = __ballot_sync(0xffffffffu, set);
    if (lane == i) mine = word;
  }
  // Lane i of warp w holds the word that begins at i * 256 + w * 32.
  const uint word = blockIdx.x * (kChunk / 32) + lane * (kThreads / 32) + warp;
  a.bits[word] = mine;
  uint count = __popc(mine);
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) count += __shfl_xor_sync(0xffffffffu, count, lanes);
  if (lane == 0) sums[warp] = count;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (int i = 1; i < kThreads / 32; ++i) count += sums[i];
  a.counts[blockIdx.x] = count;
}

// One block.
extern "C" __global__ void __launch_bounds__(1024)
    scan_chunks(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ uint warps[32];
  uint begin = 0;
  for (uint first = 0; first < a.chunks; first += 1024) {
    const uint at = first + threadIdx.x;
    uint all = 0;
    const uint before = sum_before(at < a.chunks ? a.counts[at] : 0, warps, all);
    if (at < a.chunks) a.counts[at] = begin + before;
    begin += all;
  }
  if (threadIdx.x != 0) return;
  a.counts[a.chunks] = begin;
  a.total[0] = begin;
  __threadfence_system();  // the processor may be waiting for it
}

/// The sum of `value` over the threads of a block.
__device__ __forceinline__ uint sum_block(uint value, uint* warps) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) value += __shfl_xor_sync(0xffffffffu, value, lanes);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  value = 0;
#pragma unroll
  for (int i = 0; i < kThreads / 32; ++i) value += warps[i];
  return value;
}

// Thread t takes word t of its block's chunk, in order. More than the output holds is left out.
// Alone: without scan_chunks, every block adds the counts up by itself.
template <bool Alone>
__device__ __forceinline__ void write(const Arguments& a) {
  __shared__ uint warps[kThreads / 32];
  __shared__ unsigned short found[kChunk];
  uint word = a.bits[blockIdx.x * kThreads + threadIdx.x];
  uint all = 0;
  uint place = sum_before(__popc(word), warps, all);
  for (; word != 0; word &= word - 1) found[place++] = threadIdx.x * 32 + __ffs(word) - 1;
  uint total = 0, begin = 0;
  if (Alone) {
    for (uint i = threadIdx.x; i < a.chunks; i += kThreads) {
      const uint count = a.counts[i];
      total += count;
      if (i < blockIdx.x) begin += count;
    }
    total = sum_block(total, warps);
    begin = sum_block(begin, warps);
    if (blockIdx.x == 0 && threadIdx.x == 0) {
      a.total[0] = total;
      __threadfence_system();  // the processor may be waiting for it
    }
  } else {
    total = a.counts[a.chunks];
    begin = a.counts[blockIdx.x];
  }
  __syncthreads();
  for (uint i = threadIdx.x; i < all; i += kThreads) {
    if (begin + i >= a.room) break;
    uint rest = blockIdx.x * kChunk + found[i];
#pragma unroll
    for (int d = RANK - 1; d >= 0; --d) {
      a.y[(i64)d * total + begin + i] = (I)split(rest, a.extent[d]);
    }
  }
}
extern "C" __global__ void __launch_bounds__(kThreads)
    write_indices(const __grid_constant__ Arguments a) {
  begin_kernel();
  write<false>(a);
}
extern "C" __global__ void __launch_bounds__(kThreads)
    write_indices_alone(const __grid_constant__ Arguments a) {
  begin_kernel();
  write<true>(a);
}
