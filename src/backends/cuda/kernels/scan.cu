// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums over the threads of a block, for texts behind this one.

/// The sum of `value` over the threads before this one; `all` gets the sum over all of
/// the block, whose threads come in whole warps; `warps` has one number a warp.
__device__ __forceinline__ uint sum_before(uint value, uint* warps, uint& all) {
  const uint lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  uint sum = value;
#pragma unroll
  for (int lanes = 1; lanes < 32; lanes *= 2) {
    const uint other = __shfl_up_sync(0xffffffffu, sum, lanes);
    if (lane >= lanes) sum += other;
  }
  __syncthreads();
  if (lane == 31) warps[warp] = sum;
  __syncthreads();
  uint before = 0;
  all = 0;
  for (uint i = 0; i < blockDim.x / 32; ++i) {
    if (i < warp) before += warps[i];
    all += warps[i];
  }
  return before + sum - value;
}
