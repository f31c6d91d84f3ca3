// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers onto a grid of small integers and back. Generated text before this defines X, S and Y
// (the types of x, of scales and of y), ZERO (the zeros are there) and QUANTIZES (else back).
struct Arguments {
  const X* x;
  const S* scale;
  const void* zero;  // of the integers' type
  Y* y;
  uint items;
  int many_scales, many_zeros;  // one for each place of the axis
  Divisor inner, extent;
};
extern "C" __global__ void __launch_bounds__(256) convert(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint outer = divide(item, a.inner);
  const uint place = split(outer, a.extent);
  const auto scale = wide(a.scale[a.many_scales ? place : 0]);
#if QUANTIZES
  // The quotient is a number of f32, unless the scale is wider: which way a half goes hangs on it.
  double value = sizeof(S) == 8 ? (double)wide(a.x[item]) / scale
                                : (double)(float)((double)wide(a.x[item]) / (double)scale);
  value = rint(value);
  if (ZERO) value += (double)wide(((const Y*)a.zero)[a.many_zeros ? place : 0]);
  constexpr double kLeast = (Y)-1 < 0 ? -128 : 0, kMost = (Y)-1 < 0 ? 127 : 255;
  a.y[item] = value != value ? (Y)0
                             : (Y)(int)(value < kLeast  ? kLeast
                                        : value > kMost ? kMost
                                                        : value);
#else
  double value = (double)wide(a.x[item]);
  if (ZERO) value -= (double)wide(((const X*)a.zero)[a.many_zeros ? place : 0]);
  a.y[item] = narrow<Y>(value * scale);
#endif
}
