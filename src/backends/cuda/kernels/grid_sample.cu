// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Images sampled at the places of a grid, an output a thread. Generated text before this defines T,
// G (the type of the grid), AXES, TAPS (1, 2 or 4: nearest, linear, cubic), OUTSIDE (0: zeros,
// 1: the nearest element, 2: reflected) and CORNERS (−1 and 1 are the middles of elements).
typedef Wide<T> W;
struct Arguments {
  const T* x;
  const G* grid;
  T* y;
  uint items;
  int extent[3];  // of the spatial axes
  Divisor places, channels;
};

__device__ __forceinline__ double reflected(double x, double low, double high) {
  const double range = high - low;
  if (!(range > 0)) return low;
  const double beyond = fmod(fabs(x - low), 2 * range);
  return low + (beyond <= range ? beyond : 2 * range - beyond);
}
__device__ __forceinline__ double within(double x, double low, double high) {
  return fmin(fmax(x, low), high);
}
__device__ __forceinline__ double cubic(double t) {  // of a distance from 0 to 2
  const double c = -0.75;
  return t <= 1 ? ((c + 2) * t - (c + 3)) * t * t + 1 : ((c * t - 5 * c) * t + 8 * c) * t - 4 * c;
}

struct Tap {
  int index[TAPS];  // −1: outside, worth zero
  W weight[TAPS];
};
__device__ __forceinline__ void find_taps(double place, int extent, Tap& taps) {
  const double low = CORNERS ? 0 : -0.5, whole = extent, last = whole - 1;
  const double high = CORNERS ? whole - 1 : whole - 0.5;
  double x = CORNERS ? (place + 1) / 2 * (whole - 1) : ((place + 1) * whole - 1) / 2;
  if (!(fabs(x) < 1e300)) x = -1;
  if (TAPS == 1) x = rint(x);
  if (x < low || x > high) {
    if (OUTSIDE == 1) x = within(x, 0, last);
    if (OUTSIDE == 2) x = reflected(x, low, high);
  }
  x = within(x, -8, whole + 8);
  const double first = TAPS == 1 ? rint(x) : floor(x), part = x - first;
#pragma unroll
  for (int i = 0; i < TAPS; ++i) {
    double at = first + i - (TAPS == 4 ? 1 : 0);
    taps.weight[i] = TAPS == 1   ? (W)1
                     : TAPS == 2 ? (W)(i == 0 ? 1 - part : part)
                                 : (W)cubic(fabs(part + 1 - i));
    if (OUTSIDE == 1) at = within(at, 0, last);
    if (OUTSIDE == 2 && (at < 0 || at > last))
      at = within(trunc(reflected(at, low, high)), 0, last);
    taps.index[i] = at < 0 || at > last ? -1 : (int)at;
  }
}

extern "C" __global__ void __launch_bounds__(128) sample_grid(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint image = item;
  const uint place = split(image, a.places), channel = split(image, a.channels);
  const G* position = a.grid + ((i64)image * a.places.divisor + place) * AXES;
  Tap taps[AXES];
  i64 plane = 1;
  int combinations = 1;
#pragma unroll
  for (int axis = 0; axis < AXES; ++axis) {
    find_taps((double)wide(position[AXES - 1 - axis]), a.extent[axis], taps[axis]);
    plane *= a.extent[axis];
    combinations *= TAPS;
  }
  const T* x = a.x + ((i64)image * a.channels.divisor + channel) * plane;
  W sum = 0;
  for (int which = 0; which < combinations; ++which) {
    int rest = which;
    i64 at = 0;
    W weight = 1;
    bool inside = true;
#pragma unroll
    for (int axis = 0; axis < AXES; ++axis) {
      const int tap = rest % TAPS;
      rest /= TAPS;
      inside = inside && taps[axis].index[tap] >= 0;
      at = at * a.extent[axis] + taps[axis].index[tap];
      weight *= taps[axis].weight[tap];
    }
    if (inside) sum += weight * wide(x[at]);
  }
  a.y[item] = narrow<T>(sum);
}
