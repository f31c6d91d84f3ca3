// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention, a warp a query: keys one by one, their softmax kept up to date on the way. Generated
// text before this defines T, SIZE and VALUE_SIZE (of a head's vectors), SOFTMAX, CAUSAL (0 none, 1
// from the upper left, 2 from the lower right), QUERIES_PACKED, KEYS_PACKED, MASK (0 none, 1 of
// bool, 2 added), and QUERY_LENGTHS and KEY_LENGTHS.
typedef Wide<T> W;
struct Heads {
  int batch, head, place;  // strides
};
struct Arguments {
  const T* q;
  const T* k;
  const T* v;
  const void* mask;
  const int* query_lengths;
  const int* key_lengths;
  T* y;
  uint items;  // queries of all heads
  int batches, query_places, key_places;
  Divisor places, heads, shared;  // shared: heads of queries that see the same keys
  Heads q_at, k_at, v_at, y_at;
  int mask_at[4];  // strides by batch, head, query and key
  float scale;
};
constexpr int kQ = (SIZE + 31) / 32, kV = (VALUE_SIZE + 31) / 32;

extern "C" __global__ void __launch_bounds__(128) attend(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  if (item >= a.items) return;
  // Places vary fastest, then heads, then batches; packed queries have no batch of their own.
  uint rest = item;
  const int place = split(rest, a.places), head = split(rest, a.heads);
  int batch = (int)rest, query = place, queries = a.query_places;
  bool outside = false;
  if (QUERIES_PACKED) {
    for (batch = 0; batch < a.batches && a.query_lengths[batch + 1] <= place;) ++batch;
    outside = batch == a.batches;
    if (!outside) {
      query = place - a.query_lengths[batch];
      queries = a.query_lengths[batch + 1] - a.query_lengths[batch];
      outside = query < 0;
    }
  } else if (QUERY_LENGTHS) {
    queries = min(a.query_lengths[batch], a.query_places);
    outside = query >= queries;
  }
  int first = 0, keys = a.key_places;
  if (!outside && KEYS_PACKED) {
    first = max(a.key_lengths[batch], 0);
    keys = max(min(a.key_lengths[batch + 1], a.key_places) - first, 0);
  } else if (!outside && KEY_LENGTHS) {
    keys = max(min(a.key_lengths[batch], a.key_places), 0);
  }
  int seen = outside ? 0 : keys;
  if (CAUSAL != 0) {
    const int past = CAUSAL == 2 ? keys - queries : 0;
    seen = min(max(past + query + 1, 0), seen);
  }
  const int shared = divide(head, a.shared);
  const i64 own_batch = QUERIES_PACKED ? 0 : batch, key_batch = KEYS_PACKED ? 0 : batch;
  const T* q = a.q + own_batch * a.q_at.batch + (i64)head * a.q_at.head + (i64)place * a.q_at.place;
  const T* k = a.k + key_batch * a.k_at.batch + (i64)shared * a.k_at.head;
  const T* v = a.v + key_batch * a.v_at.batch + (i64)shared * a.v_at.head;
  W mine[kQ], all[kV], top = lowest<W>(), sum = 0;
#pragma unroll
  for (int i = 0; i < kQ; ++i) {
    const int c = i * 32 + lane;
    mine[i] = !outside && c < SIZE ? wide(q[c]) : (W)0;
  }
#pragma unroll
  for (int i = 0; i < kV; ++i) all[i] = 0;
  for (int j = 0; j < seen; ++j) {
    W score = 0;
    const T* key = k + (i64)(first + j) * a.k_at.place;
#pragma unroll
    for (int i = 0; i < kQ; ++i) {
      const int c = i * 32 + lane;
      if (c < SIZE) score += mine[i] * wide(key[c]);
    }
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) score += __shfl_xor_sync(~0u, score, lanes);
    score *= a.scale;
    const i64 at = (i64)batch * a.mask_at[0] + (i64)head * a.mask_at[1] +
                   (i64)query * a.mask_at[2] + (i64)j * a.mask_at[3];
    if (MASK == 1 && ((const unsigned char*)a.mask)[at] == 0) continue;
    if (MASK == 2) score += wide(((const T*)a.mask)[at]);
    W weight = score;
    if (SOFTMAX) {
      if (score == lowest<W>()) continue;
      if (score > top) {
        const W less = exp(top - score);
        sum *= less;
#pragma unroll
        for (int i = 0; i < kV; ++i) all[i] *= less;
        top = score;
      }
      weight = exp(score - top);
      sum += weight;
    }
    const T* value = v + (i64)(first + j) * a.v_at.place;
#pragma unroll
    for (int i = 0; i < kV; ++i) {
      const int c = i * 32 + lane;
      if (c < VALUE_SIZE) all[i] += weight * wide(value[c]);
    }
  }
  T* y = a.y + own_batch * a.y_at.batch + (i64)head * a.y_at.head + (i64)place * a.y_at.place;
#pragma unroll
  for (int i = 0; i < kV; ++i) {
    const int c = i * 32 + lane;
    if (c < VALUE_SIZE) y[c] = narrow<T>(SOFTMAX && sum != 0 ? all[i] / sum : all[i]);
  }
}
