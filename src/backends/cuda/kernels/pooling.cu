// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pooling of [N, C, spatial…], row-major and channels last. Generated text before this defines T,
// LANES, MAX (1 or 0), COUNT_PADS, and for the axes Z, Y, X: KZ … (kernel), SZ … (stride), PZ …
// (pad before), QZ … (pad after), DZ … (dilation).
struct Arguments {
  const T* x;
  T* y;
  uint items;
  Divisor out[3];    // extents of y
  int in[3];         // extents of x
  Divisor channels;  // channels last: vectors of channels
};

struct Window {
  Wide<T> largest = lowest<Wide<T>>(), sum = 0;
  int inside = 0, padded = 0;
  __device__ __forceinline__ void see(T value) {
    const Wide<T> w = wide(value);
    if (MAX) {
      largest = w > largest ? w : largest;
    } else {
      sum += w;
    }
  }
  __device__ __forceinline__ T result() const {
    if (MAX) return narrow<T>(largest);
    const int count = COUNT_PADS ? padded : inside;
    return narrow<T>(sum / (Wide<T>)(count > 1 ? count : 1));
  }
};

// Calls at(offset of the place in x, in places) for what lies inside; counts.
template <class Visit>
__device__ __forceinline__ void for_window(const Arguments& a, int oz, int oy, int ox, int& inside,
                                           int& padded, Visit visit) {
#pragma unroll
  for (int kz = 0; kz < KZ; ++kz) {
    const int z = oz * SZ - PZ + kz * DZ;
#pragma unroll
    for (int ky = 0; ky < KY; ++ky) {
      const int y = oy * SY - PY + ky * DY;
#pragma unroll
      for (int kx = 0; kx < KX; ++kx) {
        const int x = ox * SX - PX + kx * DX;
        padded += z < a.in[0] + QZ && y < a.in[1] + QY && x < a.in[2] + QX;
        if ((uint)z < (uint)a.in[0] && (uint)y < (uint)a.in[1] && (uint)x < (uint)a.in[2]) {
          ++inside;
          visit((z * a.in[1] + y) * a.in[2] + x);
        }
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(256) pool_planes(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint plane = item;
  const int ox = split(plane, a.out[2]), oy = split(plane, a.out[1]), oz = split(plane, a.out[0]);
  const T* x = a.x + (i64)plane * a.in[0] * a.in[1] * a.in[2];
  Window window;
  for_window(a, oz, oy, ox, window.inside, window.padded, [&](int at) { window.see(x[at]); });
  a.y[item] = window.result();
}

template <int N>
__device__ __forceinline__ void pool_last(const Arguments& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const uint c = split(image, a.channels);
  const int ox = split(image, a.out[2]), oy = split(image, a.out[1]), oz = split(image, a.out[0]);
  const i64 channels = (i64)a.channels.divisor * N;
  const T* x = a.x + (i64)image * a.in[0] * a.in[1] * a.in[2] * channels + c * N;
  Window window[N];
  for_window(a, oz, oy, ox, window[0].inside, window[0].padded, [&](int at) {
    const Vec<T, N> values = load_vec<N>(x + at * channels);
#pragma unroll
    for (int i = 0; i < N; ++i) window[i].see(values.v[i]);
  });
  Vec<T, N> y;
#pragma unroll
  for (int i = 0; i < N; ++i) {
    window[i].inside = window[0].inside;
    window[i].padded = window[0].padded;
    y.v[i] = window[i].result();
  }
  store_vec<N>(a.y + (i64)item * N, y);
}
extern "C" __global__ void __launch_bounds__(256)
    pool_last_vectors(const __grid_constant__ Arguments a) {
  begin_kernel();
  pool_last<LANES>(a);
}
extern "C" __global__ void __launch_bounds__(256)
    pool_last_elements(const __grid_constant__ Arguments a) {
  begin_kernel();
  pool_last<1>(a);
}

#if TILES
// Windows that touch without overlap or padding: LANES of them side by side a thread, read as whole
// vectors. Rows of x are LANES * KX * n long; `out[2]` counts such groups.
extern "C" __global__ void __launch_bounds__(256) pool_tiles(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint plane = item;
  const uint group = split(plane, a.out[2]), oy = split(plane, a.out[1]);
  const T* x = a.x + ((i64)plane * a.in[1] + oy * KY) * a.in[2] + group * (LANES * KX);
  Vec<T, LANES> rows[KY][KX];
#pragma unroll
  for (int ky = 0; ky < KY; ++ky) {
#pragma unroll
    for (int i = 0; i < KX; ++i) rows[ky][i] = load_vec<LANES>(x + (i64)ky * a.in[2] + i * LANES);
  }
  Vec<T, LANES> y;
#pragma unroll
  for (int o = 0; o < LANES; ++o) {
    Window window;
    window.inside = window.padded = KY * KX;
#pragma unroll
    for (int ky = 0; ky < KY; ++ky) {
#pragma unroll
      for (int kx = 0; kx < KX; ++kx) {
        window.see(rows[ky][(o * KX + kx) / LANES].v[(o * KX + kx) % LANES]);
      }
    }
    y.v[o] = window.result();
  }
  store_vec<LANES>(a.y + (i64)item * LANES, y);
}
#endif
