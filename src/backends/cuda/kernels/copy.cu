// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements that only move, in units of 1 to 16 bytes: from strides to strides, matrices turned
// over, tensors with something around them, and between layouts. Generated text before this defines
// SIZE, the bytes of an element, and PADS and REORDERS (1 or 0): which kernels are wanted.
constexpr int kMostAxes = 8;

struct Strided {
  const void* x;
  void* y;
  uint items;
  int rank;
  Divisor extent[kMostAxes];
  int from[kMostAxes], to[kMostAxes];  // units
};
template <class T>
__device__ __forceinline__ void copy_strided(const Strided& a) {
  uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  int from = 0, to = 0;
  for (int d = a.rank - 1; d > 0; --d) {
    const int index = split(item, a.extent[d]);
    from += index * a.from[d];
    to += index * a.to[d];
  }
  from += (int)item * a.from[0];
  to += (int)item * a.to[0];
  ((T*)a.y)[to] = ((const T*)a.x)[from];
}

// Of every matrix of `rows` by `columns`: y[column, row] = x[row, column].
struct Turned {
  const void* x;
  void* y;
  uint rows, columns;
  Divisor row_tiles, column_tiles;
  int from_row, to_column;  // units from one row to the next in x, from one column to the next in y
  int rank;                 // axes of matrices
  Divisor extent[kMostAxes];
  int from[kMostAxes], to[kMostAxes];
};
constexpr int kTile = 32, kTileRows = 8;
template <class T>
__device__ __forceinline__ void turn(const Turned& a) {
  __shared__ T tile[kTile][kTile + 1];
  uint block = blockIdx.x;
  const uint column = split(block, a.column_tiles) * kTile, row = split(block, a.row_tiles) * kTile;
  i64 from = 0, to = 0;
  for (int d = a.rank - 1; d >= 0; --d) {
    const uint index = split(block, a.extent[d]);
    from += (i64)index * a.from[d];
    to += (i64)index * a.to[d];
  }
  const T* x = (const T*)a.x + from;
  T* y = (T*)a.y + to;
  for (uint i = threadIdx.y; i < kTile; i += kTileRows) {
    if (row + i < a.rows && column + threadIdx.x < a.columns) {
      tile[i][threadIdx.x] = x[(i64)(row + i) * a.from_row + column + threadIdx.x];
    }
  }
  __syncthreads();
  for (uint i = threadIdx.y; i < kTile; i += kTileRows) {
    if (column + i < a.columns && row + threadIdx.x < a.rows) {
      y[(i64)(column + i) * a.to_column + row + threadIdx.x] = tile[threadIdx.x][i];
    }
  }
}

#if SIZE < 4
// The same in words of several elements, of which all extents and steps are multiples.
constexpr int kPack = 4 / SIZE, kWideTile = kTile * kPack;
template <class T>
__device__ __forceinline__ void turn_words(const Turned& a) {
  __shared__ T tile[kWideTile][kWideTile + 1];
  uint block = blockIdx.x;
  const uint column = split(block, a.column_tiles) * kWideTile;
  const uint row = split(block, a.row_tiles) * kWideTile;
  i64 from = 0, to = 0;
  for (int d = a.rank - 1; d >= 0; --d) {
    const uint index = split(block, a.extent[d]);
    from += (i64)index * a.from[d];
    to += (i64)index * a.to[d];
  }
  const T* x = (const T*)a.x + from;
  T* y = (T*)a.y + to;
  const uint first = threadIdx.x * kPack;
#pragma unroll 8
  for (uint i = threadIdx.y; i < kWideTile; i += kTileRows) {
    if (row + i >= a.rows || column + first >= a.columns) continue;
    const Vec<T, kPack> some = load_vec<kPack>(x + (i64)(row + i) * a.from_row + column + first);
#pragma unroll
    for (int p = 0; p < kPack; ++p) tile[i][first + p] = some.v[p];
  }
  __syncthreads();
#pragma unroll 8
  for (uint i = threadIdx.y; i < kWideTile; i += kTileRows) {
    if (column + i >= a.columns || row + first >= a.rows) continue;
    Vec<T, kPack> some;
#pragma unroll
    for (int p = 0; p < kPack; ++p) some.v[p] = tile[first + p][i];
    store_vec<kPack>(y + (i64)(column + i) * a.to_column + row + first, some);
  }
}
#endif

// y of x with `before` units in front of every axis; modes: 0 a number, 1 mirrored, 2 the nearest,
// 3 x again.
struct Padded {
  const void* x;
  void* y;
  uint items;
  int rank, mode;
  u64 value;
  Divisor extent[kMostAxes];
  int in[kMostAxes], before[kMostAxes], stride[kMostAxes], step[kMostAxes];
};
// Where the element at these places comes from; −1: from outside.
__device__ __forceinline__ int padded_source(const Padded& a, const int* place) {
  int from = 0;
  bool inside = true;
#pragma unroll
  for (int d = 0; d < kMostAxes; ++d) {
    if (d >= a.rank) break;
    int index = place[d] * a.step[d] - a.before[d];
    const int last = a.in[d] - 1;
    if (a.mode == 1) {
      while (last > 0 && (index < 0 || index > last)) index = index < 0 ? -index : 2 * last - index;
      if (last == 0) index = 0;
    } else if (a.mode == 2) {
      index = min(max(index, 0), last);
    } else if (a.mode == 3 && (index < 0 || index > last)) {
      index += index < 0 ? last + 1 : -last - 1;
      if (index < 0 || index > last) index = (index % (last + 1) + last + 1) % (last + 1);
    }
    inside = inside && index >= 0 && index <= last;
    from += index * a.stride[d];
  }
  return inside ? from : -1;
}
// N neighbours a thread, counted through all rows. Axis 0 is the innermost here.
template <class T, int N>
__device__ __forceinline__ void pad(const Padded& a) {
  const uint first = (blockIdx.x * blockDim.x + threadIdx.x) * N;
  if (first >= a.items) return;
  uint rest = first;
  int place[kMostAxes];
#pragma unroll
  for (int d = 0; d < kMostAxes; ++d) place[d] = d < a.rank ? (int)split(rest, a.extent[d]) : 0;
  union {
    u64 bits;
    T value;
  } outside = {a.value};
  Vec<T, N> y;
  // Neighbours of one row that all lie inside need but one place.
  const int begin = place[0] * a.step[0] - a.before[0];
  if (N > 1 && a.step[0] == 1 && place[0] + N <= (int)a.extent[0].divisor && begin >= 0 &&
      begin + N <= a.in[0]) {
    const int from = padded_source(a, place);
#pragma unroll
    for (int i = 0; i < N; ++i) {
      y.v[i] = from >= 0 ? ((const T*)a.x)[from + i * a.stride[0]] : outside.value;
    }
    store_vec<N>((T*)a.y + first, y);
    return;
  }
#pragma unroll
  for (int i = 0; i < N; ++i) {
    const int from = first + i < a.items ? padded_source(a, place) : -1;
    y.v[i] = from >= 0 ? ((const T*)a.x)[from] : outside.value;
    bool carry = true;
#pragma unroll
    for (int d = 0; d < kMostAxes; ++d) {
      if (d >= a.rank || !carry) break;
      carry = ++place[d] == (int)a.extent[d].divisor;
      if (carry) place[d] = 0;
    }
  }
  T* to = (T*)a.y + first;
  if (first + N <= a.items) {
    store_vec<N>(to, y);
  } else {
    for (uint i = 0; first + i < a.items; ++i) to[i] = y.v[i];
  }
}

// One layout of [outer, channels, inner]: where (o, c, i) lies.
struct Side {
  Divisor vector;  // channels to a vector
  int outer, block, lane, inner;
};
struct Reordered {
  const void* x;
  void* y;
  uint items, channels;
  int channels_last;
  Divisor padded, blocks, inner;  // channels of y with padding, in vectors; inner extent
  Side from, to;
};
template <class T>
__device__ __forceinline__ void reorder(const Reordered& a) {
  uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  // In the order of y's storage.
  uint c, i;
  if (a.channels_last) {
    c = split(item, a.padded);
    i = split(item, a.inner);
  } else {
    c = split(item, a.to.vector);
    i = split(item, a.inner);
    c += split(item, a.blocks) * a.to.vector.divisor;
  }
  uint block = c;
  const uint lane = split(block, a.to.vector);
  const i64 to = (i64)item * a.to.outer + (i64)block * a.to.block + (i64)lane * a.to.lane +
                 (i64)i * a.to.inner;
  T value = T();
  if (c < a.channels) {
    uint other = c;
    const uint at = split(other, a.from.vector);
    value = ((const T*)a.x)[(i64)item * a.from.outer + (i64)other * a.from.block +
                            (i64)at * a.from.lane + (i64)i * a.from.inner];
  }
  ((T*)a.y)[to] = value;
}

#define ENTRY(kernel, bytes, T, Struct)                    \
  extern "C" __global__ void __launch_bounds__(256)        \
      kernel##_##bytes(const __grid_constant__ Struct a) { \
    begin_kernel();                                        \
    kernel<T>(a);                                          \
  }
#if SIZE == 1
#define OWN(kernel, Struct) ENTRY(kernel, 1, unsigned char, Struct)
#elif SIZE == 2
#define OWN(kernel, Struct) ENTRY(kernel, 2, unsigned short, Struct)
#elif SIZE == 4
#define OWN(kernel, Struct) ENTRY(kernel, 4, uint, Struct)
#else
#define OWN(kernel, Struct) ENTRY(kernel, 8, u64, Struct)
#endif
OWN(turn, Turned)
OWN(copy_strided, Strided)
#if SIZE < 4
OWN(turn_words, Turned)
#endif
#if SIZE < 2
ENTRY(copy_strided, 2, unsigned short, Strided)
#endif
#if SIZE < 4
ENTRY(copy_strided, 4, uint, Strided)
#endif
#if SIZE < 8
ENTRY(copy_strided, 8, u64, Strided)
#endif
ENTRY(copy_strided, 16, uint4, Strided)
#if PADS
#define PAD(bytes, T)                                  \
  extern "C" __global__ void __launch_bounds__(256)    \
      pad_vectors(const __grid_constant__ Padded a) {  \
    begin_kernel();                                    \
    pad<T, 16 / bytes>(a);                             \
  }                                                    \
  extern "C" __global__ void __launch_bounds__(256)    \
      pad_elements(const __grid_constant__ Padded a) { \
    begin_kernel();                                    \
    pad<T, 1>(a);                                      \
  }
#if SIZE == 1
PAD(1, unsigned char)
#elif SIZE == 2
PAD(2, unsigned short)
#elif SIZE == 4
PAD(4, uint)
#else
PAD(8, u64)
#endif
#endif
#if REORDERS
OWN(reorder, Reordered)
#endif
