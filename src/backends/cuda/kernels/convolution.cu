// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution as it is written, row-major: an output a thread or a warp, or tiles of outputs.
// Generated text before this defines T, BIAS, RESIDUAL, ACTIVATE(x), PADDED (whether a window may
// reach beyond x), and for the axes Z, Y, X: KZ … (kernel), SZ … (stride), PZ … (pad before), DZ …
// (dilation).
typedef Wide<T> W;
struct Arguments {
  const T* x;
  const T* w;
  const T* bias;
  const T* residual;
  T* y;
  uint items;
  Divisor out[3], channels;  // extents of y; its channels
  int in[3];
  int in_channels;
  Divisor group_outputs;    // channels of y in a group
  uint positions, outputs;  // places of a plane of y, channels of y
  Divisor tiles, quads;     // of convolve_tiles: 32 places each, kOutputs channels each
  int group_inputs;         // channels of x in a group
};

extern "C" __global__ void __launch_bounds__(128) convolve(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const uint channel = split(image, a.channels), group = divide(channel, a.group_outputs);
  const int plane = a.in[0] * a.in[1] * a.in[2];
  const T* x = a.x + ((i64)image * a.in_channels + (i64)group * a.group_inputs) * plane;
  const T* w = a.w + (i64)channel * a.group_inputs * (KZ * KY * KX);
  W sum = 0;
  for (int c = 0; c < a.group_inputs; ++c) {
    for (int kz = 0; kz < KZ; ++kz) {
      const int iz = oz * SZ - PZ + kz * DZ;
      if ((uint)iz >= (uint)a.in[0]) continue;
#pragma unroll UNROLL_Y
      for (int ky = 0; ky < KY; ++ky) {
        const int iy = oy * SY - PY + ky * DY;
        const bool inside = (uint)iy < (uint)a.in[1];
#pragma unroll UNROLL_X
        for (int kx = 0; kx < KX; ++kx) {
          const int ix = ox * SX - PX + kx * DX;
          if (inside && (uint)ix < (uint)a.in[2]) {
            sum += wide(x[(iz * a.in[1] + iy) * a.in[2] + ix]) * wide(w[(kz * KY + ky) * KX + kx]);
          }
        }
      }
    }
    x += plane;
    w += KZ * KY * KX;
  }
  if (BIAS) sum += wide(a.bias[channel]);
  if (RESIDUAL) sum += wide(a.residual[item]);
  a.y[item] = narrow<T>(ACTIVATE(sum));
}

// The same with a warp an output, its lanes parting the sum: for few outputs of many terms.
extern "C" __global__ void __launch_bounds__(128)
    convolve_warps(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const uint channel = split(image, a.channels), group = divide(channel, a.group_outputs);
  const int plane = a.in[0] * a.in[1] * a.in[2];
  constexpr int kWindow = KZ * KY * KX;
  const int terms = a.group_inputs * kWindow;
  const T* x = a.x + ((i64)image * a.in_channels + (i64)group * a.group_inputs) * plane;
  const T* w = a.w + (i64)channel * terms;
  W sum = 0;
#pragma unroll 8
  for (int term = lane; term < terms; term += 32) {
    const int c = term / kWindow, tap = term % kWindow;
    const int iz = oz * SZ - PZ + tap / (KY * KX) * DZ;
    const int iy = oy * SY - PY + tap / KX % KY * DY, ix = ox * SX - PX + tap % KX * DX;
    const bool inside =
        (uint)iz < (uint)a.in[0] && (uint)iy < (uint)a.in[1] && (uint)ix < (uint)a.in[2];
    if (inside) sum += wide(x[c * plane + (iz * a.in[1] + iy) * a.in[2] + ix]) * wide(w[term]);
  }
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  if (lane != 0) return;
  if (BIAS) sum += wide(a.bias[channel]);
  if (RESIDUAL) sum += wide(a.residual[item]);
  a.y[item] = narrow<T>(ACTIVATE(sum));
}

#if KZ * KY * KX <= 512
// 32 places of kOutputs channels a block, for one group: a lane has a place, the block's warps part
// the channels of x. Weights come through shared memory, as many channels at once as fit there.
constexpr int kOutputs = 4, kTaps = KZ * KY * KX, kMostWarps = sizeof(W) > 4 ? 16 : 32;
constexpr int kTermsAtOnce = 8192 / sizeof(W);
constexpr int kChannels = kTaps < kTermsAtOnce ? kTermsAtOnce / kTaps : 1;

typedef Vec<W, kOutputs> Four;

__device__ __forceinline__ void convolve_channel(const Arguments& a, const T* x, const Four* w,
                                                 int oz, int oy, int ox, Four& sums) {
  for (int kz = 0; kz < KZ; ++kz) {
    const int iz = oz * SZ - PZ + kz * DZ;
    if (PADDED && (uint)iz >= (uint)a.in[0]) continue;
#pragma unroll UNROLL_Y
    for (int ky = 0; ky < KY; ++ky) {
      const int iy = oy * SY - PY + ky * DY;
      const T* row = x + (iz * a.in[1] + iy) * a.in[2] + ox * SX - PX;
#pragma unroll UNROLL_X
      for (int kx = 0; kx < KX; ++kx) {
        const int ix = ox * SX - PX + kx * DX;
        const bool inside = !PADDED || ((uint)iy < (uint)a.in[1] && (uint)ix < (uint)a.in[2]);
        const W value = inside ? wide(row[kx * DX]) : (W)0;
        const Four four = w[(kz * KY + ky) * KX + kx];
#pragma unroll
        for (int o = 0; o < kOutputs; ++o) sums.v[o] += value * four.v[o];
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(32 * kMostWarps)
    convolve_tiles(const __grid_constant__ Arguments a) {
  begin_kernel();
  __shared__ Four weights[kChannels * kTaps];
  __shared__ W parts[kMostWarps][kOutputs][32];
  const uint lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  uint image = blockIdx.x;
  const uint place = split(image, a.tiles) * 32 + lane;
  const uint first = split(image, a.quads) * kOutputs;
  const bool there = place < a.positions;
  uint rest = there ? place : 0;
  const int ox = split(rest, a.out[2]), oy = split(rest, a.out[1]), oz = rest;
  const int plane = a.in[0] * a.in[1] * a.in[2];
  const T* x = a.x + (i64)image * a.group_inputs * plane;
  Four sums = {};
  for (int c0 = 0; c0 < a.group_inputs; c0 += kChannels) {
    const int left = a.group_inputs - c0, channels = left < kChannels ? left : kChannels;
    if (c0 > 0) __syncthreads();
#pragma unroll
    for (int o = 0; o < kOutputs; ++o) {
      const T* w = a.w + ((i64)(first + o) * a.group_inputs + c0) * kTaps;
#pragma unroll 4
      for (int i = threadIdx.x; i < channels * kTaps; i += blockDim.x) {
        weights[i].v[o] = first + o < a.outputs ? wide(w[i]) : (W)0;
      }
    }
    __syncthreads();
    for (int c = warp; c < channels; c += warps) {
      convolve_channel(a, x + (i64)(c0 + c) * plane, weights + c * kTaps, oz, oy, ox, sums);
    }
  }
#pragma unroll
  for (int o = 0; o < kOutputs; ++o) parts[warp][o][lane] = sums.v[o];
  __syncthreads();
  for (uint o = warp; o < kOutputs; o += warps) {
    if (!there || first + o >= a.outputs) continue;
    W sum = 0;
    for (uint i = 0; i < warps; ++i) sum += parts[i][o][lane];
    const i64 item = ((i64)image * a.outputs + first + o) * a.positions + place;
    if (BIAS) sum += wide(a.bias[first + o]);
    if (RESIDUAL) sum += wide(a.residual[item]);
    a.y[item] = narrow<T>(ACTIVATE(sum));
  }
}
#endif
