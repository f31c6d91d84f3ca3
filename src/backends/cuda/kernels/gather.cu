// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slices by their indices, in units of 1 to 16 bytes. Generated text before this defines I, the
// type of indices. An index outside of the axis gives the nearest slice.
struct Arguments {
  const void* x;
  const I* indices;
  void* y;
  uint items;
  int extent;
  Divisor inner, count;  // units of a slice; indices
};
template <class T>
__device__ __forceinline__ void gather(const Arguments& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint outer = item;
  const uint inner = split(outer, a.inner), which = split(outer, a.count);
  i64 index = a.indices[which];
  if (index < 0) index += a.extent;
  index = min(max(index, (i64)0), (i64)a.extent - 1);
  ((T*)a.y)[item] = ((const T*)a.x)[((i64)outer * a.extent + index) * a.inner.divisor + inner];
}
#define ENTRY(bytes, T)                                     \
  extern "C" __global__ void __launch_bounds__(256)         \
      gather_##bytes(const __grid_constant__ Arguments a) { \
    begin_kernel();                                         \
    gather<T>(a);                                           \
  }
ENTRY(1, unsigned char)
ENTRY(2, unsigned short)
ENTRY(4, uint)
ENTRY(8, u64)
ENTRY(16, uint4)
