// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What stands around sequences: turning them round, turning heads by their places, caches. An
// element a thread. Generated text before this defines T, I (the type of lengths and places),
// PACKED, HAS_LENGTHS, HAS_PLACES and INTERLEAVED. Numbers that lead outside are kept within.
typedef Wide<T> W;

struct ReverseArguments {
  const T* x;
  const I* lengths;
  T* y;
  uint items;
  Divisor batch_step, batch, time_step, time;
};
extern "C" __global__ void __launch_bounds__(256)
    reverse_sequences(const __grid_constant__ ReverseArguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint batches = divide(item, a.batch_step), times = divide(item, a.time_step);
  const uint b = split(batches, a.batch);
  const i64 t = split(times, a.time);
  const i64 length = min(max((i64)a.lengths[b], (i64)0), (i64)a.time.divisor);
  const i64 moved = t < length ? length - 1 - 2 * t : 0;
  a.y[item] = a.x[(i64)item + moved * a.time_step.divisor];
}

// Threads of a head: one for each pair, and one for each element behind the pairs.
struct RotaryArguments {
  const T *x, *cosines, *sines;
  const I* places;
  T* y;
  uint items;
  int head, half, rows;
  Divisor each, length, heads;  // threads of a head, places, heads
};
extern "C" __global__ void __launch_bounds__(256)
    rotate_heads(const __grid_constant__ RotaryArguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint rest = item;
  const int i = split(rest, a.each);
  const i64 first = (i64)rest * a.head;
  const uint place = split(rest, a.length);
  split(rest, a.heads);
  if (i >= a.half) {
    const i64 at = first + a.half + i;
    a.y[at] = a.x[at];
    return;
  }
  i64 row = (i64)rest * a.length.divisor + place;
  if (HAS_PLACES) row = min(max((i64)a.places[row], (i64)0), (i64)a.rows - 1);
  const i64 from = first + (INTERLEAVED ? 2 * i : i), to = from + (INTERLEAVED ? 1 : a.half);
  const W re = wide(a.x[from]), im = wide(a.x[to]);
  const W cosine = wide(a.cosines[row * a.half + i]), sine = wide(a.sines[row * a.half + i]);
  a.y[from] = narrow<T>(re * cosine - im * sine);
  a.y[to] = narrow<T>(re * sine + im * cosine);
}

struct CacheArguments {
  const T *cache, *update;
  const I *starts, *lengths;  // packed: where each update begins, and the end
  T* y;
  uint items, news;  // places of an update, or of all
  Divisor size, places, heads;
};
extern "C" __global__ void __launch_bounds__(256)
    update_cache(const __grid_constant__ CacheArguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint b = item;
  const uint element = split(b, a.size), place = split(b, a.places), head = split(b, a.heads);
  i64 begin = 0, count = a.news;
  if (PACKED) {
    begin = max((i64)a.lengths[b], (i64)0);
    count = min((i64)a.lengths[b + 1], (i64)a.news) - begin;
  } else if (HAS_LENGTHS) {
    count = min((i64)a.lengths[b], (i64)a.news);
  }
  const i64 i = (i64)place - a.starts[b];
  if (i < 0 || i >= count) {
    a.y[item] = a.cache[item];
    return;
  }
  const i64 row = PACKED ? (begin + i) * a.heads.divisor + head
                         : ((i64)b * a.heads.divisor + head) * a.news + i;
  a.y[item] = a.update[row * a.size.divisor + element];
}
