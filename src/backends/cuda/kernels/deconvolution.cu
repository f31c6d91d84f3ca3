// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transposed convolution, an output a thread, which gathers what adds to it. Generated text before
// this defines T, BIAS, GROUP_INPUTS (channels of x in a group), GROUP_OUTPUTS, and for the axes Z,
// Y, X: KZ … (kernel), SZ … (stride), PZ … (cut off before), DZ … (dilation).
typedef Wide<T> W;
struct Arguments {
  const T* x;
  const T* w;
  const T* bias;
  T* y;
  uint items;
  Divisor out[3], channels;  // extents of y; its channels
  int in[3];
  int in_channels;
};

extern "C" __global__ void __launch_bounds__(128) deconvolve(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const int channel = split(image, a.channels);
  const int group = channel / GROUP_OUTPUTS, inner = channel % GROUP_OUTPUTS;
  const int plane = a.in[0] * a.in[1] * a.in[2];
  const T* x = a.x + ((i64)image * a.in_channels + (i64)group * GROUP_INPUTS) * plane;
  constexpr int kWindow = KZ * KY * KX;
  const T* w = a.w + ((i64)group * GROUP_INPUTS * GROUP_OUTPUTS + inner) * kWindow;
  W sum = BIAS ? wide(a.bias[channel]) : (W)0;
  for (int kz = 0; kz < KZ; ++kz) {
    const int z = oz + PZ - kz * DZ;
    if (z < 0 || z % SZ != 0 || z / SZ >= a.in[0]) continue;
    for (int ky = 0; ky < KY; ++ky) {
      const int y = oy + PY - ky * DY;
      if (y < 0 || y % SY != 0 || y / SY >= a.in[1]) continue;
      for (int kx = 0; kx < KX; ++kx) {
        const int at = ox + PX - kx * DX;
        if (at < 0 || at % SX != 0 || at / SX >= a.in[2]) continue;
        const T* from = x + (z / SZ * a.in[1] + y / SY) * a.in[2] + at / SX;
        const T* by = w + (kz * KY + ky) * KX + kx;
#pragma unroll 8
        for (int c = 0; c < GROUP_INPUTS; ++c) {
          sum += wide(from[(i64)c * plane]) * wide(by[(i64)c * (GROUP_OUTPUTS * kWindow)]);
        }
      }
    }
  }
  a.y[item] = narrow<T>(sum);
}
