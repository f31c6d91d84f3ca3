// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention of 16-bit types by matrix instructions: a warp holds 16 or 32
// queries and walks over the keys, 32 at a time, their softmax kept up to date
// on the way. Generated text before this defines T, MULTIPLY (the instruction),
// SIZE and VALUE_SIZE (of a head's vectors, multiples of 8), CAUSAL (0 none, 1
// from the upper left, 2 from the lower right), and MASK (0 none, 1 of bool, 2
// added), and TWO_TILES (whether a warp may hold 32 queries).
//
// Keys and values come through shared memory, or straight to the one warp that
// reads them. The order of numbers within a vector is free as long as queries
// and keys, or values and results, agree: lanes take runs of neighbours.
struct Heads {
  int batch, head, place;  // strides
};
struct Arguments {
  const T* q;
  const T* k;
  const T* v;
  const void* mask;
  T* y;
  int query_places, key_places;
  float scale;
  Divisor tiles, heads,
      shared;  // shared: heads of queries that see the same keys
  Heads q_at, k_at, v_at, y_at;
  int mask_at[4];  // strides by batch, head, query and key
};
constexpr int kParts = (SIZE + 31) / 32;          // of queries and keys: 32 numbers
constexpr int kRun = (VALUE_SIZE + 31) / 32 * 4;  // neighbours of a value that a lane takes
constexpr int kChunk = kRun % 8 == 0 ? 8 : 4;     // of these, read at once
constexpr int kWarps = 4, kKeys = 32;
// In shared memory, rows that a warp reads at once begin in banks of their own.
constexpr int kKeyRow = kParts * 32 + (kParts % 2 == 0 ? 32 : 0), kValueRow = kRun * 8 + 8;
constexpr int kStages = SIZE + VALUE_SIZE <= 128 ? 4 : 2;  // of keys on their way
constexpr float kLog2E = 1.4426950408889634f;

// c += a · b, of 16×16 and 16×8 numbers.
__device__ __forceinline__ void multiply(float (&c)[4], const uint (&a)[4], uint b0, uint b1) {
  asm(MULTIPLY " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
__device__ __forceinline__ uint both(float low, float high) {
  return (uint)narrow<T>(low).bits | (uint)narrow<T>(high).bits << 16;
}
__device__ __forceinline__ float power_of_2(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

// N numbers from `at` on as pairs, zeros where `there` is false.
template <int N, bool kVectors>
__device__ __forceinline__ void read(const T* from, bool there, uint* to) {
  Vec<T, N> x;
#pragma unroll
  for (int i = 0; i < N; ++i) x.v[i].bits = 0;
  if (there) {
    if (kVectors) {
      x = load_vec<N>(from);
    } else {
#pragma unroll
      for (int i = 0; i < N; ++i) x.v[i] = from[i];
    }
  }
#pragma unroll
  for (int i = 0; i < N / 2; ++i) to[i] = (uint)x.v[2 * i].bits | (uint)x.v[2 * i + 1].bits << 16;
}

// What a warp knows of its queries. Rows of lane / 4 and 8 below it.
template <int kTiles>
struct Queries {
  uint q[kTiles][2 * kParts][4];
  float all[kTiles][kRun][4];            // sums of weighted values
  float top[kTiles][2], sum[kTiles][2];  // sums: this lane's part
};

template <int kTiles, bool kVectors>
__device__ __forceinline__ void take_queries(const Arguments& a, const T* q, int first,
                                             Queries<kTiles>& mine) {
  const int row = threadIdx.x % 32 / 4, lane = threadIdx.x % 4;
#pragma unroll
  for (int m = 0; m < kTiles; ++m) {
#pragma unroll
    for (int i = 0; i < kRun; ++i)
#pragma unroll
      for (int c = 0; c < 4; ++c) mine.all[m][i][c] = 0;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      mine.top[m][half] = lowest<float>();
      mine.sum[m][half] = 0;
      const int place = first + m * 16 + half * 8 + row;
#pragma unroll
      for (int part = 0; part < kParts; ++part) {
        const int c = part * 32 + lane * 8;
        uint run[4];
        read<8, kVectors>(q + (i64)place * a.q_at.place + c, place < a.query_places && c < SIZE,
                          run);
#pragma unroll
        for (int i = 0; i < 4; ++i) mine.q[m][part * 2 + i / 2][half + i % 2 * 2] = run[i];
      }
    }
  }
}

// Keys and values from one place on, and where the next ones lie.
struct Rows {
  const T *k, *v;
  int k_row, v_row;
};

// Of 16 values, the runs of this lane: four rows.
template <bool kStaged, bool kVectors>
__device__ __forceinline__ void take_values(const Rows& rows, int left,
                                            uint (&values)[4][kRun / 2]) {
  const int row = threadIdx.x % 32 / 4, lane = threadIdx.x % 4;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int key = i / 2 * 8 + lane * 2 + i % 2;
#pragma unroll
    for (int chunk = 0; chunk < kRun / kChunk; ++chunk) {
      const int c = (chunk * 8 + row) * kChunk;
      read<kChunk, kVectors>(rows.v + (i64)key * rows.v_row + c,
                             (kStaged || key < left) && c < VALUE_SIZE,
                             values[i] + chunk * kChunk / 2);
    }
  }
}

// Of a tile of 16 queries against 32 keys: scores, and then weights.
typedef float Scores[kKeys / 8][4];

template <int kTiles, bool kStaged, bool kVectors>
__device__ __forceinline__ void take_scores(const Rows& rows, int left, const Queries<kTiles>& mine,
                                            Scores (&scores)[kTiles]) {
  const int row = threadIdx.x % 32 / 4, lane = threadIdx.x % 4;
#pragma unroll
  for (int n = 0; n < kKeys / 8; ++n) {
    const int key = n * 8 + row;
#pragma unroll
    for (int m = 0; m < kTiles; ++m)
#pragma unroll
      for (int c = 0; c < 4; ++c) scores[m][n][c] = 0;
#pragma unroll
    for (int part = 0; part < kParts; ++part) {
      const int c = part * 32 + lane * 8;
      uint run[4];
      read<8, kVectors>(rows.k + (i64)key * rows.k_row + c, (kStaged || key < left) && c < SIZE,
                        run);
#pragma unroll
      for (int m = 0; m < kTiles; ++m) {
        multiply(scores[m][n], mine.q[m][part * 2], run[0], run[1]);
        multiply(scores[m][n], mine.q[m][part * 2 + 1], run[2], run[3]);
      }
    }
  }
}

// Scales and masks the scores of one query, whose place this is; gives the greatest, or `top`.
__device__ __forceinline__ float mask_scores(const Arguments& a, i64 mask, int place, bool whole,
                                             int first, int half, float top, Scores& scores) {
  const int lane = threadIdx.x % 4;
  int seen = a.key_places;
  if (CAUSAL != 0) {
    seen = min(seen, place + 1 + (CAUSAL == 2 ? a.key_places - a.query_places : 0));
  }
  const i64 mask_row = mask + (i64)min(place, a.query_places - 1) * a.mask_at[2];
#pragma unroll
  for (int n = 0; n < kKeys / 8; ++n) {
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int key = first + n * 8 + lane * 2 + i;
      float& score = scores[n][half * 2 + i];
      score *= a.scale * kLog2E;
      bool sees = whole || key < seen;
      if (MASK == 1 && sees) {
        sees = ((const unsigned char*)a.mask)[mask_row + (i64)key * a.mask_at[3]] != 0;
      }
      if (MASK == 2 && sees) {
        score += wide(((const T*)a.mask)[mask_row + (i64)key * a.mask_at[3]]) * kLog2E;
      }
      if (!sees) score = lowest<float>();
      top = fmaxf(top, score);
    }
  }
  top = fmaxf(top, __shfl_xor_sync(~0u, top, 1));
  return fmaxf(top, __shfl_xor_sync(~0u, top, 2));
}

// Makes weights of the scores of one query, relative to the greatest so far, and brings what was
// summed up before into line.
template <int kTiles>
__device__ __forceinline__ void weigh(float top, int m, int half, Scores& scores,
                                      Queries<kTiles>& mine) {
  const float base = top == lowest<float>() ? 0 : top;
  const float less = power_of_2(mine.top[m][half] - base);
  mine.top[m][half] = top;
  mine.sum[m][half] *= less;
#pragma unroll
  for (int i = 0; i < kRun; ++i) {
    mine.all[m][i][half * 2] *= less;
    mine.all[m][i][half * 2 + 1] *= less;
  }
#pragma unroll
  for (int n = 0; n < kKeys / 8; ++n) {
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      float& score = scores[n][half * 2 + i];
      score = power_of_2(score - base);
      mine.sum[m][half] += score;
    }
  }
}

// Adds 16 values by their weights.
template <int kTiles>
__device__ __forceinline__ void add_values(const uint (&values)[4][kRun / 2], int step,
                                           const Scores (&scores)[kTiles], Queries<kTiles>& mine) {
  uint weights[kTiles][4];
#pragma unroll
  for (int m = 0; m < kTiles; ++m)
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float(&pair)[4] = scores[m][step * 2 + i / 2];
      weights[m][i] = both(pair[i % 2 * 2], pair[i % 2 * 2 + 1]);
    }
#pragma unroll
  for (int i = 0; i < kRun; ++i) {
    const uint order = i % 2 == 0 ? 0x5410 : 0x7632;
    const uint b0 = __byte_perm(values[0][i / 2], values[1][i / 2], order);
    const uint b1 = __byte_perm(values[2][i / 2], values[3][i / 2], order);
#pragma unroll
    for (int m = 0; m < kTiles; ++m) multiply(mine.all[m][i], weights[m], b0, b1);
  }
}

// The keys of `first` on, 32 of them, which `rows` begin with. Staged rows are all there.
template <int kTiles, bool kStaged, bool kVectors>
__device__ __forceinline__ void attend_to(const Arguments& a, const Rows& rows, i64 mask, int query,
                                          int first, Queries<kTiles>& mine) {
  const int row = threadIdx.x % 32 / 4, left = a.key_places - first;
  const auto step_of = [&](int step) {
    Rows at = rows;
    at.v += (i64)(step * 16) * rows.v_row;
    return at;
  };
  uint values[kKeys / 16][4][kRun / 2];
  if (!kStaged) {  // from afar: asked for early
#pragma unroll
    for (int step = 0; step < kKeys / 16; ++step) {
      take_values<kStaged, kVectors>(step_of(step), left - step * 16, values[step]);
    }
  }
  Scores scores[kTiles];
  take_scores<kTiles, kStaged, kVectors>(rows, left, mine, scores);
  int seen_by_all = a.key_places;
  if (CAUSAL != 0) {
    seen_by_all = min(seen_by_all, query + 1 + (CAUSAL == 2 ? a.key_places - a.query_places : 0));
  }
  const bool whole = first + kKeys <= seen_by_all;
#pragma unroll
  for (int m = 0; m < kTiles; ++m) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int place = query + m * 16 + half * 8 + row;
      const float top =
          mask_scores(a, mask, place, whole, first, half, mine.top[m][half], scores[m]);
      weigh(top, m, half, scores[m], mine);
    }
  }
#pragma unroll
  for (int step = 0; step < kKeys / 16; ++step) {
    if (kStaged) take_values<kStaged, kVectors>(step_of(step), 16, values[step]);
    add_values(values[step], step, scores, mine);
  }
}

__device__ __forceinline__ float share_of(float sum) { return sum == 0 ? 0 : 1 / sum; }

// One result: number c of tile i, of the queries that begin with `first`.
__device__ __forceinline__ void put(const Arguments& a, T* y, int first, int i, int c,
                                    float value) {
  const int place = first + threadIdx.x % 32 / 4 + c / 2 * 8;
  const int at = (i / kChunk * 8 + threadIdx.x % 4 * 2 + c % 2) * kChunk + i % kChunk;
  if (place < a.query_places && at < VALUE_SIZE) {
    y[(i64)place * a.y_at.place + at] = narrow<T>(value);
  }
}

// The warps' parts of the same queries become one; each warp writes some.
__device__ __forceinline__ void join(const Arguments& a, T* y, int first, Queries<1>& mine) {
  __shared__ float all[kWarps][kRun][4][32], tops[kWarps][2][32], sums[kWarps][2][32];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
#pragma unroll
  for (int i = 0; i < kRun; ++i)
#pragma unroll
    for (int c = 0; c < 4; ++c) all[warp][i][c][lane] = mine.all[0][i][c];
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    tops[warp][half][lane] = mine.top[0][half];
    sums[warp][half][lane] = mine.sum[0][half];
  }
  __syncthreads();
  float shares[2][kWarps];
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float top = lowest<float>(), sum = 0;
#pragma unroll
    for (int w = 0; w < kWarps; ++w) top = fmaxf(top, tops[w][half][lane]);
    if (top == lowest<float>()) top = 0;
#pragma unroll
    for (int w = 0; w < kWarps; ++w) {
      shares[half][w] = power_of_2(tops[w][half][lane] - top);
      sum += shares[half][w] * sums[w][half][lane];
    }
#pragma unroll
    for (int w = 0; w < kWarps; ++w) shares[half][w] *= share_of(sum);
  }
#pragma unroll
  for (int j = 0; j < kRun / kWarps; ++j) {
    const int i = warp * (kRun / kWarps) + j;
#pragma unroll
    for (int c = 0; c < 4; ++c) {
      float value = 0;
#pragma unroll
      for (int w = 0; w < kWarps; ++w) value += shares[c / 2][w] * all[w][i][c][lane];
      put(a, y, first, i, c, value);
    }
  }
}

struct Stage {
  T k[kKeys][kKeyRow], v[kKeys][kValueRow];
};

// Sends 16 bytes into shared memory; zeros where `there` is false.
__device__ __forceinline__ void send(T* to, const T* from, bool there) {
  const uint address = (uint)__cvta_generic_to_shared(to);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from),
               "r"(there ? 16 : 0)
               : "memory");
}
// What rows begin with goes into a stage; all threads take part.
__device__ __forceinline__ void fetch(const Rows& rows, int left, Stage& stage) {
  constexpr int kRowChunks = SIZE / 8, kValueChunks = VALUE_SIZE / 8;
#pragma unroll
  for (int i = threadIdx.x; i < kKeys * kRowChunks; i += kWarps * 32) {
    const int key = i / kRowChunks, c = i % kRowChunks * 8;
    send(&stage.k[key][c], rows.k + (i64)(key < left ? key : 0) * rows.k_row + c, key < left);
  }
#pragma unroll
  for (int i = threadIdx.x; i < kKeys * kValueChunks; i += kWarps * 32) {
    const int key = i / kValueChunks, c = i % kValueChunks * 8;
    send(&stage.v[key][c], rows.v + (i64)(key < left ? key : 0) * rows.v_row + c, key < left);
  }
}

// The first key that no query before `query` sees.
__device__ __forceinline__ int end_of(const Arguments& a, int query) {
  if (CAUSAL == 0) return a.key_places;
  return min(a.key_places, query + (CAUSAL == 2 ? a.key_places - a.query_places : 0));
}

// All warps walk over the same keys; `ends` is where the last of them stops.
template <int kTiles>
__device__ __forceinline__ void walk_staged(const Arguments& a, const Rows& all, i64 mask,
                                            int query, int end, int ends, Queries<kTiles>& mine) {
  __shared__ alignas(16) Stage stages[kStages];
  const int steps = (ends + kKeys - 1) / kKeys;
  const auto start = [&](int step) {
    const Rows rows{all.k + (i64)(step * kKeys) * all.k_row,
                    all.v + (i64)(step * kKeys) * all.v_row, all.k_row, all.v_row};
    if (step < steps) fetch(rows, a.key_places - step * kKeys, stages[step % kStages]);
    asm volatile("cp.async.commit_group;" ::: "memory");
  };
#pragma unroll
  for (int step = 0; step < kStages - 1; ++step) start(step);
  for (int step = 0; step < steps; ++step) {
    asm volatile("cp.async.wait_group %0;" ::"n"(kStages - 2) : "memory");
    __syncthreads();
    start(step + kStages - 1);
    const Stage& stage = stages[step % kStages];
    const Rows rows{&stage.k[0][0], &stage.v[0][0], kKeyRow, kValueRow};
    if (step * kKeys < end) attend_to<kTiles, true, true>(a, rows, mask, query, step * kKeys, mine);
  }
}

// How warps share the work: keys, or queries with keys that all of them read,
// or that each reads.
enum Way { kJoined, kStaged, kAlone };

template <int kTiles, Way kWay, bool kVectors>
__device__ __forceinline__ void attend(const Arguments& a) {
  const int warp = threadIdx.x / 32;
  uint rest = blockIdx.x;
  const int tile = split(rest, a.tiles), head = split(rest, a.heads), batch = rest;
  constexpr int kOfWarp = kTiles * 16, kOfBlock = kWay == kJoined ? kOfWarp : kOfWarp * kWarps;
  const int query = tile * kOfBlock + (kWay == kJoined ? 0 : warp * kOfWarp);
  const int shared = divide(head, a.shared);
  const T* q = a.q + (i64)batch * a.q_at.batch + (i64)head * a.q_at.head;
  const Rows all{a.k + (i64)batch * a.k_at.batch + (i64)shared * a.k_at.head,
                 a.v + (i64)batch * a.v_at.batch + (i64)shared * a.v_at.head, a.k_at.place,
                 a.v_at.place};
  T* y = a.y + (i64)batch * a.y_at.batch + (i64)head * a.y_at.head;
  const i64 mask = (i64)batch * a.mask_at[0] + (i64)head * a.mask_at[1];
  Queries<kTiles> mine;
  take_queries<kTiles, kVectors>(a, q, query, mine);
  const int end = query < a.query_places ? end_of(a, query + kOfWarp) : 0;
  if constexpr (kWay == kStaged) {
    walk_staged(a, all, mask, query, end, end_of(a, (tile + 1) * kOfBlock), mine);
  } else {
    constexpr int kStep = kWay == kJoined ? kWarps * kKeys : kKeys;
    for (int key = kWay == kJoined ? warp * kKeys : 0; key < end; key += kStep) {
      const Rows rows{all.k + (i64)key * all.k_row, all.v + (i64)key * all.v_row, all.k_row,
                      all.v_row};
      attend_to<kTiles, false, kVectors>(a, rows, mask, query, key, mine);
    }
  }
#pragma unroll
  for (int m = 0; m < kTiles; ++m)
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float& sum = mine.sum[m][half];
      sum += __shfl_xor_sync(~0u, sum, 1);
      sum += __shfl_xor_sync(~0u, sum, 2);
    }
  if constexpr (kWay == kJoined) {
    join(a, y, query, mine);
  } else {
#pragma unroll
    for (int m = 0; m < kTiles; ++m)
#pragma unroll
      for (int i = 0; i < kRun; ++i)
#pragma unroll
        for (int c = 0; c < 4; ++c) {
          put(a, y, query + m * 16, i, c, mine.all[m][i][c] * share_of(mine.sum[m][c / 2]));
        }
  }
}

#define ATTEND(name, tiles, way, vectors)                                                       \
  extern "C" __global__ void __launch_bounds__(128) name(const __grid_constant__ Arguments a) { \
    begin_kernel();                                                                             \
    attend<tiles, way, vectors>(a);                                                             \
  }
ATTEND(attend_joined, 1, kJoined, true)
ATTEND(attend_16, 1, kStaged, true)
ATTEND(attend_plain, 1, kAlone, false)
#if TWO_TILES
ATTEND(attend_32, 2, kStaged, true)
#endif
