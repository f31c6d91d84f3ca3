// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices of any strides, with bias and activation: 32 by 32 outputs a block.
// Generated text before this defines T, BIAS and ACTIVATE(x).
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
