// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on small integers, an output a thread: whole sums, then one rounding. Generated text
// before this defines KIND (0 convolution, 1 product, 2 sum, 3 average), X, R and Y (the types of
// x, of what is added, and of y), WHOLE (y is on a grid), X_SCALE, X_ZERO and so on for R and Y,
// BIAS, RESIDUAL, ACTIVATE(x), and for a convolution its window and GROUP_INPUTS, as in
// convolution.cu, and BETWEEN (it rounds to the grid B before it adds); for an average its window
// and COUNT_PADS, as in pooling.cu.
#if WHOLE
// `real` in steps of a grid, as a number of type Y.
__device__ __forceinline__ double in_steps(double real, double scale, int zero) {
  constexpr double kLeast = (Y)-1 < 0 ? -128 : 0, kMost = (Y)-1 < 0 ? 127 : 255;
  return fmin(fmax(rint(real / scale) + zero, kLeast), kMost);
}
#endif
__device__ __forceinline__ void put(Y* y, double real) {
  real = ACTIVATE(real);
#if WHOLE
  *y = real != real ? (Y)0 : (Y)(int)in_steps(real, Y_SCALE, Y_ZERO);
#else
  *y = (Y)real;
#endif
}

#if KIND == 0
struct Arguments {
  const X* x;
  const signed char* w;
  const float* bias;
  const R* residual;
  const float* scale;
  Y* y;
  uint items;
  int many_scales;
  Divisor out[3], channels;  // extents of y; its channels
  int in[3];
  int in_channels;
  Divisor group_outputs;  // channels of y in a group
};
extern "C" __global__ void __launch_bounds__(128)
    convolve_integers(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const uint channel = split(image, a.channels), group = divide(channel, a.group_outputs);
  const int plane = a.in[0] * a.in[1] * a.in[2];
  const X* x = a.x + ((i64)image * a.in_channels + (i64)group * GROUP_INPUTS) * plane;
  const signed char* w = a.w + (i64)channel * GROUP_INPUTS * (KZ * KY * KX);
  int sum = 0;
  for (int c = 0; c < GROUP_INPUTS; ++c) {
    for (int kz = 0; kz < KZ; ++kz) {
      const int iz = oz * SZ - PZ + kz * DZ;
      if ((uint)iz >= (uint)a.in[0]) continue;
      for (int ky = 0; ky < KY; ++ky) {
        const int iy = oy * SY - PY + ky * DY;
        if ((uint)iy >= (uint)a.in[1]) continue;
        for (int kx = 0; kx < KX; ++kx) {
          const int ix = ox * SX - PX + kx * DX;
          if ((uint)ix >= (uint)a.in[2]) continue;
          const int value = x[(iz * a.in[1] + iy) * a.in[2] + ix];
          sum += (value - X_ZERO) * (int)w[(kz * KY + ky) * KX + kx];
        }
      }
    }
    x += plane;
    w += KZ * KY * KX;
  }
  double real = sum * ((double)a.scale[a.many_scales ? channel : 0] * X_SCALE);
  if (BIAS) real += a.bias[channel];
#if BETWEEN
  real = (in_steps(real, B_SCALE, B_ZERO) - B_ZERO) * (double)B_SCALE;
#endif
  if (RESIDUAL) real += ((int)a.residual[item] - R_ZERO) * (double)R_SCALE;
  put(a.y + item, real);
}
#elif KIND == 1
constexpr int kMostAxes = 8;
struct Arguments {
  const X* x;
  const signed char* w;
  const float* bias;
  const float* scale;
  Y* y;
  uint items;
  int many_scales, depth;
  Divisor columns, rows;
  int x_row, x_column, w_row, w_column, bias_row, bias_column;
  int rank;
  Divisor batch[kMostAxes];  // outermost first
  int x_batch[kMostAxes], bias_batch[kMostAxes];
};
extern "C" __global__ void __launch_bounds__(128)
    multiply_integers(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint rest = item;
  const int column = split(rest, a.columns), row = split(rest, a.rows);
  const X* x = a.x + (i64)row * a.x_row;
  i64 bias = (i64)row * a.bias_row + (i64)column * a.bias_column;
  for (int d = a.rank - 1; d >= 0; --d) {
    const int index = split(rest, a.batch[d]);
    x += (i64)index * a.x_batch[d];
    bias += (i64)index * a.bias_batch[d];
  }
  const signed char* w = a.w + (i64)column * a.w_column;
  int sum = 0;
#pragma unroll 8
  for (int k = 0; k < a.depth; ++k) {
    sum += ((int)x[(i64)k * a.x_column] - X_ZERO) * (int)w[(i64)k * a.w_row];
  }
  double real = sum * ((double)a.scale[a.many_scales ? column : 0] * X_SCALE);
  if (BIAS) real += a.bias[bias];
  put(a.y + item, real);
}
#elif KIND == 3
struct Arguments {
  const X* x;
  Y* y;
  uint items;
  Divisor out[3];  // extents of y
  int in[3];       // extents of x
};
extern "C" __global__ void __launch_bounds__(256)
    average_integers(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint plane = item;
  const int ox = split(plane, a.out[2]), oy = split(plane, a.out[1]), oz = split(plane, a.out[0]);
  const X* x = a.x + (i64)plane * a.in[0] * a.in[1] * a.in[2];
  i64 sum = 0;
  int inside = 0, padded = 0;
  for (int kz = 0; kz < KZ; ++kz) {
    const int iz = oz * SZ - PZ + kz * DZ;
    for (int ky = 0; ky < KY; ++ky) {
      const int iy = oy * SY - PY + ky * DY;
      for (int kx = 0; kx < KX; ++kx) {
        const int ix = ox * SX - PX + kx * DX;
        padded += iz < a.in[0] + QZ && iy < a.in[1] + QY && ix < a.in[2] + QX;
        if ((uint)iz >= (uint)a.in[0] || (uint)iy >= (uint)a.in[1] || (uint)ix >= (uint)a.in[2]) {
          continue;
        }
        ++inside;
        sum += (int)x[(iz * a.in[1] + iy) * a.in[2] + ix] - X_ZERO;
      }
    }
  }
  const int count = COUNT_PADS ? padded : inside;
  put(a.y + item, (double)sum * X_SCALE / (count > 1 ? count : 1));
}
#else
struct Arguments {
  const X* x;
  const R* other;
  Y* y;
  uint items;
};
extern "C" __global__ void __launch_bounds__(256)
    add_integers(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  double real = ((int)a.x[item] - X_ZERO) * (double)X_SCALE;
  if (RESIDUAL) real += ((int)a.other[item] - R_ZERO) * (double)R_SCALE;
  put(a.y + item, real);
}
#endif
