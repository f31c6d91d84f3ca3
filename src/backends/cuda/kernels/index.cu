// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements and slices found and written by their indices. Generated text before this defines T (for
// what only moves, a type of its size), I (the type of indices), REDUCE(a, b) and REDUCES: what is
// done with an element that is there, in Wide<T>. An index outside of its axis reads the nearest
// element, and writes none. Of updates of one element the last stays: first each marks its place,
// with its number, and then those write whose number stands there.
constexpr int kMostAxes = 8;
typedef Wide<T> W;

struct Elements {
  const T* x;
  const I* indices;
  T* y;
  uint* last;  // the number of an element's last update, plus 1
  uint items;
  int rank, extent, along;   // extent and stride of the axis, in the tensor that is indexed
  Divisor place[kMostAxes];  // of indices, innermost first
  int stride[kMostAxes];     // of the tensor that is indexed; 0 for the axis
};
struct Slices {
  const T* x;
  const I* indices;
  T* y;
  uint* last;  // the same for slices
  uint items;
  int length, whole;  // of a tuple; elements of a batch
  Divisor slice, tuples;
  int extent[kMostAxes], stride[kMostAxes];  // in slices
};
struct Chosen {
  const I* indices;
  const T* values;  // where it is not, where it is
  T* y;
  uint items;
  Divisor inner, depth;
};

__device__ __forceinline__ i64 from_front(i64 index, int extent) {
  return index < 0 ? index + extent : index;
}
__device__ __forceinline__ i64 held(i64 index, int extent) {
  return min(max(from_front(index, extent), (i64)0), (i64)extent - 1);
}
/// Where the tensor's element of index 0 beside element `item` of indices lies.
__device__ __forceinline__ int beside(const Elements& a, uint item) {
  int at = 0;
#pragma unroll
  for (int d = 0; d < kMostAxes; ++d) {
    if (d >= a.rank) break;
    at += (int)split(item, a.place[d]) * a.stride[d];
  }
  return at;
}

/// A word with an element in its first bytes.
template <class Bits>
union Held {
  Bits bits;
  T value;
};
/// y = REDUCE(y, update), though others may be at it too.
__device__ __forceinline__ void meet(T* y, T update) {
#if REDUCES
  // The word around y changes as a whole.
  if constexpr (sizeof(T) == 8) {
    u64* word = (u64*)y;
    u64 seen = *word, wanted;
    do {
      Held<u64> part = {seen};
      part.value = narrow<T>(REDUCE(wide(part.value), wide(update)));
      wanted = part.bits;
      const u64 found = atomicCAS(word, seen, wanted);
      if (found == seen) return;
      seen = found;
    } while (true);
  } else {
    const u64 address = (u64)y;
    uint* word = (uint*)(address & ~(u64)3);
    const uint shift = (uint)(address & 3) * 8;
    const uint mask = sizeof(T) == 4 ? ~0u : ((1u << (sizeof(T) * 8 % 32)) - 1) << shift;
    uint seen = *word;
    do {
      Held<uint> part = {(seen & mask) >> shift};
      part.value = narrow<T>(REDUCE(wide(part.value), wide(update)));
      const uint found = atomicCAS(word, seen, (seen & ~mask) | (part.bits << shift & mask));
      if (found == seen) return;
      seen = found;
    } while (true);
  }
#else
  *y = update;
#endif
}

extern "C" __global__ void __launch_bounds__(256)
    gather_elements(const __grid_constant__ Elements a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  a.y[item] = a.x[beside(a, item) + held(a.indices[item], a.extent) * a.along];
}
// x are updates here.
template <bool Marks>
__device__ __forceinline__ void scatter_element(const Elements& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  const i64 index = from_front(a.indices[item], a.extent);
  if (index < 0 || index >= a.extent) return;
  const i64 at = beside(a, item) + index * a.along;
  if (Marks) {
    atomicMax(a.last + at, item + 1);
  } else if (REDUCES || a.last[at] == item + 1) {
    meet(a.y + at, a.x[item]);
  }
}
extern "C" __global__ void __launch_bounds__(256)
    mark_elements(const __grid_constant__ Elements a) {
  begin_kernel();
  scatter_element<true>(a);
}
extern "C" __global__ void __launch_bounds__(256)
    scatter_elements(const __grid_constant__ Elements a) {
  begin_kernel();
  scatter_element<false>(a);
}

extern "C" __global__ void __launch_bounds__(256) gather_slices(const __grid_constant__ Slices a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint tuple = item;
  const uint inner = split(tuple, a.slice);
  i64 slice = 0;
  for (int i = 0; i < a.length; ++i) {
    slice += held(a.indices[(i64)tuple * a.length + i], a.extent[i]) * a.stride[i];
  }
  a.y[item] = a.x[(i64)divide(tuple, a.tuples) * a.whole + slice * a.slice.divisor + inner];
}
// x are updates here; a thread an element, or a tuple when it marks.
template <bool Marks>
__device__ __forceinline__ void scatter_slice(const Slices& a) {
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (Marks ? a.tuples.divisor : a.items)) return;
  uint tuple = item;
  const uint inner = Marks ? 0 : split(tuple, a.slice);
  i64 slice = 0;
  for (int i = 0; i < a.length; ++i) {
    const i64 index = from_front(a.indices[(i64)tuple * a.length + i], a.extent[i]);
    if (index < 0 || index >= a.extent[i]) return;
    slice += index * a.stride[i];
  }
  if (Marks) {
    atomicMax(a.last + slice, tuple + 1);
  } else if (REDUCES || a.last[slice] == tuple + 1) {
    meet(a.y + slice * a.slice.divisor + inner, a.x[item]);
  }
}
extern "C" __global__ void __launch_bounds__(256) mark_slices(const __grid_constant__ Slices a) {
  begin_kernel();
  scatter_slice<true>(a);
}
extern "C" __global__ void __launch_bounds__(256) scatter_slices(const __grid_constant__ Slices a) {
  begin_kernel();
  scatter_slice<false>(a);
}

extern "C" __global__ void __launch_bounds__(256) one_hot(const __grid_constant__ Chosen a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint outer = item;
  const uint inner = split(outer, a.inner), here = split(outer, a.depth);
  const i64 index = a.indices[(i64)outer * a.inner.divisor + inner];
  a.y[item] = a.values[from_front(index, (int)a.depth.divisor) == here ? 1 : 0];
}
