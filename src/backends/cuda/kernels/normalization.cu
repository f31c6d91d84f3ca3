// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// (x − mean) / sqrt(variance + epsilon) · scale + bias over rows of x. Generated text before this
// defines T, THREADS and HELD, as for softmax.
struct Arguments {
  const T* x;
  const T* scale;
  const T* bias;
  T* y;
  uint rows, count;
  float epsilon;
  Divisor scale_each, scale_count, bias_each, bias_count;  // entry (flat / each) % count
};
typedef Wide<T> W;

__device__ __forceinline__ uint entry(uint flat, const Divisor& each, const Divisor& count) {
  uint at = divide(flat, each);
  return split(at, count);
}
__device__ __forceinline__ T finish(const Arguments& a, uint flat, W normal) {
  return narrow<T>(normal * wide(a.scale[entry(flat, a.scale_each, a.scale_count)]) +
                   wide(a.bias[entry(flat, a.bias_each, a.bias_count)]));
}

extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    normalize_rows(const __grid_constant__ Arguments a) {
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const uint first = (there ? row : 0) * a.count;
  const T* x = a.x + first;
  W sum = 0, squares = 0;
#if HELD > 0
  W held[HELD];
#pragma unroll
  for (int i = 0; i < HELD; ++i) {
    const uint at = i * THREADS + lane;
    held[i] = at < a.count ? wide(x[at]) : 0;
    sum += held[i];
  }
  const W mean = sum_row(sum) / (W)a.count;
#pragma unroll
  for (int i = 0; i < HELD; ++i) {
    const W off = held[i] - mean;
    squares += i * THREADS + lane < a.count ? off * off : 0;
  }
#else
  for (uint at = lane; at < a.count; at += THREADS) sum += wide(x[at]);
  const W mean = sum_row(sum) / (W)a.count;
  for (uint at = lane; at < a.count; at += THREADS) {
    const W off = wide(x[at]) - mean;
    squares += off * off;
  }
#endif
  const W factor = 1 / sqrt(sum_row(squares) / (W)a.count + (W)a.epsilon);
#if HELD > 0
#pragma unroll
  for (int i = 0; i < HELD; ++i) {
    const uint at = i * THREADS + lane;
    if (there && at < a.count) a.y[first + at] = finish(a, first + at, (held[i] - mean) * factor);
  }
#else
  for (uint at = lane; there && at < a.count; at += THREADS) {
    a.y[first + at] = finish(a, first + at, (wide(x[at]) - mean) * factor);
  }
#endif
}
