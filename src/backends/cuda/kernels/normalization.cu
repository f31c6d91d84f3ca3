// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// (x − mean) / sqrt(variance + epsilon) · scale + bias over rows of x. Generated text before this
// defines T, THREADS, LANES and HELD, as for softmax.
struct Arguments {
  const T* x;
  const T* scale;
  const T* bias;
  T* y;
  uint rows, count;
  float epsilon;
  int straight;  // scale and bias have an entry for each element of a row
  Divisor scale_each, scale_count, bias_each, bias_count;  // entry (flat / each) % count
};
typedef Wide<T> W;

__device__ __forceinline__ uint entry(uint flat, const Divisor& each, const Divisor& count) {
  uint at = divide(flat, each);
  return split(at, count);
}
// N neighbours of a row, from element `at` of it on, which is element `flat` of x.
template <int N>
__device__ __forceinline__ void finish(const Arguments& a, uint flat, uint at, const W* normal) {
  Vec<T, N> scale, bias, y;
  if (a.straight) {
    scale = load_vec<N>(a.scale + at);
    bias = load_vec<N>(a.bias + at);
  } else {
#pragma unroll
    for (int j = 0; j < N; ++j) {
      scale.v[j] = a.scale[entry(flat + j, a.scale_each, a.scale_count)];
      bias.v[j] = a.bias[entry(flat + j, a.bias_each, a.bias_count)];
    }
  }
#pragma unroll
  for (int j = 0; j < N; ++j) {
    y.v[j] = narrow<T>(normal[j] * wide(scale.v[j]) + wide(bias.v[j]));
  }
  store_vec<N>(a.y + flat, y);
}

// The second half: moments are known.
template <int N, int Held>
__device__ __forceinline__ void write_row(const Arguments& a, uint first, const W* held, W mean,
                                          W factor) {
  const uint lane = threadIdx.x % THREADS;
  W normal[N];
  if constexpr (Held > 0) {
#pragma unroll
    for (int i = 0; i < Held; ++i) {
      const uint at = (i * THREADS + lane) * N;
      if (at >= a.count) continue;
#pragma unroll
      for (int j = 0; j < N; ++j) normal[j] = (held[i * N + j] - mean) * factor;
      finish<N>(a, first + at, at, normal);
    }
  } else {
    for (uint at = lane * N; at < a.count; at += THREADS * N) {
      const Vec<T, N> values = load_vec<N>(a.x + first + at);
#pragma unroll
      for (int j = 0; j < N; ++j) normal[j] = (wide(values.v[j]) - mean) * factor;
      finish<N>(a, first + at, at, normal);
    }
  }
}

template <int N, int Held>
__device__ __forceinline__ void rows(const Arguments& a) {
  const uint row = row_of_thread(), lane = threadIdx.x % THREADS;
  const bool there = row < a.rows;
  const uint first = (there ? row : 0) * a.count;
  const T* x = a.x + first;
  W sum = 0, squares = 0;
  W held[Held > 0 ? Held * N : 1];
  if constexpr (Held > 0) {
#pragma unroll
    for (int i = 0; i < Held; ++i) {
      const uint at = (i * THREADS + lane) * N;
      Vec<T, N> values;
      if (at < a.count) values = load_vec<N>(x + at);
#pragma unroll
      for (int j = 0; j < N; ++j) {
        held[i * N + j] = at < a.count ? wide(values.v[j]) : 0;
        sum += held[i * N + j];
      }
    }
  } else {
    for (uint at = lane * N; at < a.count; at += THREADS * N) {
      const Vec<T, N> values = load_vec<N>(x + at);
#pragma unroll
      for (int j = 0; j < N; ++j) sum += wide(values.v[j]);
    }
  }
  const W mean = sum_row(sum) / (W)a.count;
  if constexpr (Held > 0) {
#pragma unroll
    for (int i = 0; i < Held * N; ++i) {
      const W off = held[i] - mean;
      squares += (i / N * THREADS + lane) * N < a.count ? off * off : 0;
    }
  } else {
    for (uint at = lane * N; at < a.count; at += THREADS * N) {
      const Vec<T, N> values = load_vec<N>(x + at);
#pragma unroll
      for (int j = 0; j < N; ++j) {
        const W off = wide(values.v[j]) - mean;
        squares += off * off;
      }
    }
  }
  const W factor = 1 / sqrt(sum_row(squares) / (W)a.count + (W)a.epsilon);
  if (there) write_row<N, Held>(a, first, held, mean, factor);
}
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    normalize_rows(const __grid_constant__ Arguments a) {
  begin_kernel();
  rows<LANES, HELD>(a);
}
extern "C" __global__ void __launch_bounds__(THREADS < 256 ? 256 : THREADS)
    normalize_rows_plain(const __grid_constant__ Arguments a) {
  begin_kernel();
  rows<1, 0>(a);
}
