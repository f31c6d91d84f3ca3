// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums and products of all elements up to each, a line a thread. Generated text before this defines
// T, PRODUCT, EXCLUSIVE and REVERSE.
typedef Wide<T> W;
struct Arguments {
  const T* x;
  T* y;
  uint lines, extent;
  Divisor inner;
};
extern "C" __global__ void __launch_bounds__(128) accumulate(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint line = blockIdx.x * blockDim.x + threadIdx.x;
  if (line >= a.lines) return;
  uint outer = line;
  const uint inner = split(outer, a.inner);
  const i64 first = (i64)outer * a.extent * a.inner.divisor + inner;
  W all = PRODUCT ? 1 : 0;
  for (uint i = 0; i < a.extent; ++i) {
    const i64 at = first + (i64)(REVERSE ? a.extent - 1 - i : i) * a.inner.divisor;
    const W value = wide(a.x[at]), with = PRODUCT ? all * value : all + value;
    a.y[at] = narrow<T>(EXCLUSIVE ? all : with);
    all = with;
  }
}
