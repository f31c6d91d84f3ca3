// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing, an output a thread. Generated text before this defines T, MODE (0 nearest, 1 linear, 2
// cubic), COORDINATES and ROUNDING as the operator numbers them, SINGLE_FIRST, EXCLUDE_OUTSIDE and
// CUBIC. Coordinates are computed in double, as on a processor: which element is the nearest hangs
// on them.
constexpr int kMostAxes = 8;
typedef Wide<T> W;
struct Axis {
  double scale;
  int from, stride;
  int same;  // the axis is not resized
};
struct Arguments {
  const T* x;
  T* y;
  uint items;
  Divisor to[kMostAxes];  // innermost axis first
  Axis axis[kMostAxes];
};
constexpr int kTaps = MODE == 0 ? 1 : MODE == 1 ? 2 : 4;
struct Taps {
  int at[kTaps];  // elements, times their stride
  W weight[kTaps];
};

__device__ __forceinline__ double coordinate(int i, int to, const Axis& axis) {
  if (SINGLE_FIRST && to == 1) return 0;
  const double whole = axis.from;
  if (COORDINATES == 1) return (i + 0.5) / axis.scale - 0.5;
  if (COORDINATES == 2) {
    const double length = axis.scale * whole;
    return to > 1 && length > 1 ? i * (whole - 1) / (length - 1) : 0;
  }
  if (COORDINATES == 3) return (i + 0.5) / axis.scale;
  if (COORDINATES == 4) {
    const double adjustment = to / (axis.scale * whole);
    return whole / 2 * (1 - adjustment) + (i + 0.5) / axis.scale - 0.5;
  }
  return i / axis.scale;
}
__device__ __forceinline__ int nearest(double x, int from) {
  double at = ROUNDING == 0   ? floor(x)
              : ROUNDING == 1 ? ceil(x)
              : ROUNDING == 2 ? ceil(x - 0.5)
                              : floor(x + 0.5);
  at = at < 0 ? 0 : at > from - 1 ? from - 1 : at;
  return (int)at;
}
// Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981.
__device__ __forceinline__ double cubic_weight(double distance) {
  const double a = CUBIC;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}
__device__ __forceinline__ Taps taps_of(int i, int to, const Axis& axis) {
  Taps taps;
  if (axis.same) {
#pragma unroll
    for (int k = 0; k < kTaps; ++k) {
      taps.at[k] = i * axis.stride;
      taps.weight[k] = k == 0;
    }
    return taps;
  }
  const double x = coordinate(i, to, axis);
  if (MODE == 0) {
    taps.at[0] = nearest(x, axis.from) * axis.stride;
    taps.weight[0] = 1;
    return taps;
  }
  const int first = (int)floor(x) - (kTaps / 2 - 1);
  double weight[kTaps], sum = 0;
#pragma unroll
  for (int k = 0; k < kTaps; ++k) {
    const int at = first + k, held = min(max(at, 0), axis.from - 1);
    const double distance = fabs(x - at);
    weight[k] = MODE == 1 ? 1 - distance : cubic_weight(distance);
    if (EXCLUDE_OUTSIDE && at != held) weight[k] = 0;
    sum += weight[k];
    taps.at[k] = held * axis.stride;
  }
#pragma unroll
  for (int k = 0; k < kTaps; ++k) {
    taps.weight[k] = (W)(EXCLUDE_OUTSIDE && sum != 0 ? weight[k] / sum : weight[k]);
  }
  return taps;
}

// The weighted mean over axes Axes − 1 to 0.
template <int Axes>
__device__ __forceinline__ W mean(const T* x, const Taps* taps, const Arguments& a) {
  if constexpr (Axes == 0) {
    return wide(*x);
  } else {
    if (a.axis[Axes - 1].same) return mean<Axes - 1>(x + taps[Axes - 1].at[0], taps, a);
    W sum = 0;
#pragma unroll(Axes < 4 ? kTaps : 1)
    for (int k = 0; k < kTaps; ++k) {
      sum += taps[Axes - 1].weight[k] * mean<Axes - 1>(x + taps[Axes - 1].at[k], taps, a);
    }
    return sum;
  }
}
template <int Axes>
__device__ __forceinline__ void resize(const Arguments& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint rest = item;
  Taps taps[Axes];
  int at = 0;
#pragma unroll
  for (int d = 0; d < Axes; ++d) {
    taps[d] = taps_of((int)split(rest, a.to[d]), (int)a.to[d].divisor, a.axis[d]);
    at += taps[d].at[0];
  }
  if (MODE == 0) {
    a.y[item] = a.x[at];
  } else {
    a.y[item] = narrow<T>(mean<Axes>(a.x, taps, a));
  }
}
#define ENTRY(axes)                                        \
  extern "C" __global__ void __launch_bounds__(256)        \
      resize_##axes(const __grid_constant__ Arguments a) { \
    begin_kernel();                                        \
    resize<axes>(a);                                       \
  }
ENTRY(3)
ENTRY(5)
