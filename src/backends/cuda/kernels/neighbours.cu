// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements by those beside them: over channels, over the first elements of a row. Generated text
// before this defines T and, for rows, B, the type of bounds.
typedef Wide<T> W;

struct ChannelArguments {
  const T* x;
  T* y;
  uint items;
  int before, after;
  float factor, power, least;
  Divisor inner, channels;
};
extern "C" __global__ void __launch_bounds__(256)
    normalize_channels(const __grid_constant__ ChannelArguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint outer = divide(item, a.inner);
  const int c = split(outer, a.channels), last = (int)a.channels.divisor - 1;
  W sum = 0;
  for (int k = max(c - a.before, 0); k <= min(c + a.after, last); ++k) {
    const W x = wide(a.x[(i64)item + (i64)(k - c) * a.inner.divisor]);
    sum += x * x;
  }
  a.y[item] = narrow<T>(wide(a.x[item]) / pow((W)a.least + (W)a.factor * sum, (W)a.power));
}

// A warp a row.
struct RaggedArguments {
  const T* x;
  const B* bounds;
  T* y;
  uint rows, length;
};
extern "C" __global__ void __launch_bounds__(128)
    softmax_of_bounds(const __grid_constant__ RaggedArguments a) {
  begin_kernel();
  const uint row = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  if (row >= a.rows) return;
  const T* x = a.x + (i64)row * a.length;
  T* y = a.y + (i64)row * a.length;
  const uint bound = (uint)min(max((i64)a.bounds[row], (i64)0), (i64)a.length);
  W top = lowest<W>(), sum = 0;
  for (uint i = lane; i < bound; i += 32) top = wide(x[i]) > top ? wide(x[i]) : top;
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    const W other = __shfl_xor_sync(0xffffffffu, top, lanes);
    top = other > top ? other : top;
  }
  for (uint i = lane; i < bound; i += 32) sum += exp(wide(x[i]) - top);
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  for (uint i = lane; i < a.length; i += 32) {
    y[i] = narrow<T>(i < bound ? exp(wide(x[i]) - top) / sum : (W)0);
  }
}
