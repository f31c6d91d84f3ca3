// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Regions of images as cells of interpolated points, a cell a thread. Generated text before this
// defines T, I (the type of the images' indices), MAXIMUM, HALF_PIXEL, SAMPLES and SCALE.
struct Arguments {
  const T* x;
  const T* regions;
  const I* images;
  T* y;
  uint items;
  int batch, rows, columns;
  Divisor width, height, channels;
};
typedef Wide<T> W;

__device__ __forceinline__ W sample(const Arguments& a, const T* plane, double y, double x) {
  if (!(y >= -1 && y <= a.rows && x >= -1 && x <= a.columns)) return 0;
  y = fmin(fmax(y, 0.0), a.rows - 1.0);
  x = fmin(fmax(x, 0.0), a.columns - 1.0);
  const int top = (int)y, left = (int)x;
  const int bottom = min(top + 1, a.rows - 1), right = min(left + 1, a.columns - 1);
  const W down = (W)(y - top), aside = (W)(x - left);
  const W p = (1 - down) * (1 - aside) * wide(plane[(i64)top * a.columns + left]);
  const W q = (1 - down) * aside * wide(plane[(i64)top * a.columns + right]);
  const W r = down * (1 - aside) * wide(plane[(i64)bottom * a.columns + left]);
  const W s = down * aside * wide(plane[(i64)bottom * a.columns + right]);
  if (MAXIMUM) return larger(larger(p, q), larger(r, s));
  return p + q + r + s;
}

extern "C" __global__ void __launch_bounds__(128) align(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint region = item;
  const int column = split(region, a.width), row = split(region, a.height);
  const int channel = split(region, a.channels);
  const i64 image = min(max((i64)a.images[region], (i64)0), (i64)a.batch - 1);
  const T* plane = a.x + (image * a.channels.divisor + channel) * ((i64)a.rows * a.columns);
  const double shift = HALF_PIXEL ? 0.5 : 0, scale = SCALE;
  double corner[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) corner[i] = wide(a.regions[(i64)region * 4 + i]) * scale - shift;
  double width = corner[2] - corner[0], height = corner[3] - corner[1];
  if (!HALF_PIXEL) {
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
  }
  const double cell_height = height / a.height.divisor, cell_width = width / a.width.divisor;
  constexpr int kMost = 1 << 12;
  const int down = SAMPLES > 0 ? SAMPLES : (int)fmin(fmax(ceil(cell_height), 0.0), kMost);
  const int aside = SAMPLES > 0 ? SAMPLES : (int)fmin(fmax(ceil(cell_width), 0.0), kMost);
  const double y0 = corner[1] + row * cell_height, x0 = corner[0] + column * cell_width;
  W sum = 0, top = lowest<W>();
  for (int i = 0; i < down; ++i) {
    const double y = y0 + (i + 0.5) * cell_height / down;
    for (int k = 0; k < aside; ++k) {
      const W value = sample(a, plane, y, x0 + (k + 0.5) * cell_width / aside);
      sum += value;
      top = larger(top, value);
    }
  }
  const int count = down * aside;
  a.y[item] = narrow<T>(count == 0 ? (W)0 : MAXIMUM ? top : sum / count);
}
