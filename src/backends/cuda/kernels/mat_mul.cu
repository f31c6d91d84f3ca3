// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices of any strides, with bias and activation: 32 by 32 outputs a block.
// Generated text before this defines T, BIAS, ACTIVATE(x) and LANES, the elements of 16 bytes.
constexpr int kMostAxes = 8, kTile = 32;
typedef Wide<T> W;
struct Arguments {
  const T* a;
  const T* b;
  const T* bias;
  T* y;
  uint rows, columns, depth;
  Divisor row_tiles, column_tiles;
  int a_row, a_column, b_row, b_column, bias_row, bias_column;
  int rank;
  Divisor extent[kMostAxes];
  int a_stride[kMostAxes], b_stride[kMostAxes], bias_stride[kMostAxes];
};

// Thread (x, y) of 32 by 8 has rows y, y + 8, … of column x.
extern "C" __global__ void __launch_bounds__(256) mat_mul(const __grid_constant__ Arguments g) {
  begin_kernel();
  __shared__ W left[kTile][kTile + 1], right[kTile][kTile + 1];
  uint block = blockIdx.x;
  const uint column = split(block, g.column_tiles) * kTile, row = split(block, g.row_tiles) * kTile;
  const i64 matrix = block;
  const T *a = g.a, *b = g.b, *bias = g.bias;
  for (int d = g.rank - 1; d >= 0; --d) {
    const i64 index = split(block, g.extent[d]);
    a += index * g.a_stride[d];
    b += index * g.b_stride[d];
    if (BIAS) bias += index * g.bias_stride[d];
  }
  const uint x = threadIdx.x, y = threadIdx.y;
  W sums[4] = {};
  for (uint k = 0; k < g.depth; k += kTile) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      // Read along the axis that lies side by side.
      const uint fast = x, slow = y + i * 8;
      const uint ar = g.a_column == 1 ? slow : fast, ac = g.a_column == 1 ? fast : slow;
      left[ar][ac] = row + ar < g.rows && k + ac < g.depth
                         ? (W)wide(a[(i64)(row + ar) * g.a_row + (i64)(k + ac) * g.a_column])
                         : (W)0;
      const uint br = g.b_column == 1 ? slow : fast, bc = g.b_column == 1 ? fast : slow;
      right[br][bc] = k + br < g.depth && column + bc < g.columns
                          ? (W)wide(b[(i64)(k + br) * g.b_row + (i64)(column + bc) * g.b_column])
                          : (W)0;
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTile; ++i) {
      const W other = right[i][x];
#pragma unroll
      for (int j = 0; j < 4; ++j) sums[j] += left[y + j * 8][i] * other;
    }
    __syncthreads();
  }
  const uint c = column + x;
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const uint r = row + y + j * 8;
    if (r >= g.rows || c >= g.columns) continue;
    W value = sums[j];
    if (BIAS) value += (W)wide(bias[(i64)r * g.bias_row + (i64)c * g.bias_column]);
    g.y[(matrix * g.rows + r) * g.columns + c] = narrow<T>(ACTIVATE(value));
  }
}

// Few rows: a row of y at a time. Block b has tile b % column_tiles of row b / column_tiles % rows.
struct Place {
  const T *a, *b, *bias;
  uint row, tile;
  i64 matrix;
};
__device__ __forceinline__ Place place_of(const Arguments& g, uint block) {
  Place p = {g.a, g.b, g.bias, 0, 0, 0};
  p.tile = split(block, g.column_tiles);
  p.row = split(block, g.row_tiles);
  p.matrix = block;
  for (int d = g.rank - 1; d >= 0; --d) {
    const i64 index = split(block, g.extent[d]);
    p.a += index * g.a_stride[d];
    p.b += index * g.b_stride[d];
    if (BIAS) p.bias += index * g.bias_stride[d];
  }
  p.a += (i64)p.row * g.a_row;
  return p;
}
__device__ __forceinline__ void finish(const Arguments& g, const Place& p, uint column, W value) {
  if (BIAS) value += (W)wide(p.bias[(i64)p.row * g.bias_row + (i64)column * g.bias_column]);
  g.y[(p.matrix * g.rows + p.row) * g.columns + column] = narrow<T>(ACTIVATE(value));
}

// Rows of b lie side by side: 8 columns a block, 64 threads part the sum of each.
extern "C" __global__ void __launch_bounds__(512)
    mat_vec_lines(const __grid_constant__ Arguments g) {
  begin_kernel();
  __shared__ W sums[64][9];
  const Place p = place_of(g, blockIdx.x);
  const uint part = threadIdx.x / 8, column = p.tile * 8 + threadIdx.x % 8;
  W sum = 0;
  if (column < g.columns) {
#pragma unroll 8
    for (uint k = part; k < g.depth; k += 64) {
      sum += (W)wide(p.a[(i64)k * g.a_column]) * (W)wide(p.b[(i64)k * g.b_row + column]);
    }
  }
  sums[part][threadIdx.x % 8] = sum;
  __syncthreads();
  if (threadIdx.x >= 32) return;
  // Lane l: column l % 8, a quarter of the parts.
  sum = 0;
#pragma unroll
  for (int i = 0; i < 16; ++i) sum += sums[threadIdx.x / 8 * 16 + i][threadIdx.x % 8];
  sum += __shfl_xor_sync(0xffffffffu, sum, 8);
  sum += __shfl_xor_sync(0xffffffffu, sum, 16);
  if (threadIdx.x < 8 && column < g.columns) finish(g, p, column, sum);
}

// Columns of b lie side by side: a warp an output, four to a block.
extern "C" __global__ void __launch_bounds__(128)
    mat_vec_dots(const __grid_constant__ Arguments g) {
  begin_kernel();
  const Place p = place_of(g, blockIdx.x);
  const uint column = p.tile * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (column >= g.columns) return;
  const T* b = p.b + (i64)column * g.b_column;
  W sum = 0;
#pragma unroll 8
  for (uint k = lane; k < g.depth; k += 32) {
    sum += (W)wide(p.a[(i64)k * g.a_column]) * (W)wide(b[(i64)k * g.b_row]);
  }
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  if (lane == 0) finish(g, p, column, sum);
}

// The same in vectors: columns of b and rows of a lie side by side, at multiples of 16 bytes.
extern "C" __global__ void __launch_bounds__(128)
    mat_vec_vectors(const __grid_constant__ Arguments g) {
  begin_kernel();
  const Place p = place_of(g, blockIdx.x);
  const uint column = p.tile * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (column >= g.columns) return;
  const T* b = p.b + (i64)column * g.b_column;
  W sums[LANES] = {};
#pragma unroll 8
  for (uint k = lane * LANES; k < g.depth; k += 32 * LANES) {
    const Vec<T, LANES> left = load_vec<LANES>(p.a + k), right = load_vec<LANES>(b + k);
#pragma unroll
    for (int i = 0; i < LANES; ++i) sums[i] += (W)wide(left.v[i]) * (W)wide(right.v[i]);
  }
  W sum = 0;
#pragma unroll
  for (int i = 0; i < LANES; ++i) sum += sums[i];
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  if (lane == 0) finish(g, p, column, sum);
}
