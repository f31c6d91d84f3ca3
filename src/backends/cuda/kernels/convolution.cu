// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution as it is written, an output a thread or a warp, row-major. Generated text before this
// defines T, BIAS, RESIDUAL, ACTIVATE(x), GROUP_INPUTS (channels of x in a group), and for the axes
// Z, Y, X: KZ … (kernel), SZ … (stride), PZ … (pad before), DZ … (dilation).
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
  Divisor group_outputs;  // channels of y in a group
};

extern "C" __global__ void __launch_bounds__(128) convolve(const __grid_constant__ Arguments a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const uint channel = split(image, a.channels), group = divide(channel, a.group_outputs);
  const int plane = a.in[0] * a.in[1] * a.in[2];
  const T* x = a.x + ((i64)image * a.in_channels + (i64)group * GROUP_INPUTS) * plane;
  const T* w = a.w + (i64)channel * GROUP_INPUTS * (KZ * KY * KX);
  W sum = 0;
  for (int c = 0; c < GROUP_INPUTS; ++c) {
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
  const uint item = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const uint channel = split(image, a.channels), group = divide(channel, a.group_outputs);
  const int plane = a.in[0] * a.in[1] * a.in[2];
  constexpr int kWindow = KZ * KY * KX, kTerms = GROUP_INPUTS * kWindow;
  const T* x = a.x + ((i64)image * a.in_channels + (i64)group * GROUP_INPUTS) * plane;
  const T* w = a.w + (i64)channel * kTerms;
  W sum = 0;
#pragma unroll 8
  for (int term = lane; term < kTerms; term += 32) {
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
