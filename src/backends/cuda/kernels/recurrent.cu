// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recurrent layers: what inputs give to the gates is computed for all steps at once, then a block
// goes through the steps of a sequence and direction. Generated text before this defines T, KIND
// (0 rnn, 1 gru, 2 lstm), REVERSE, BIDIRECTIONAL, RESET_AFTER, INPUT_FORGET, and LIMIT(x), F(x),
// G(x), H(x), and BACK_F(x) …, which begin with LIMIT.
typedef Wide<T> W;
constexpr int kGates = KIND == 2 ? 4 : KIND == 1 ? 3 : 1;
struct Arguments {
  const T* x;
  const T* w;
  const T* r;
  const T* bias;  // may be null, as may be what follows
  const int* lengths;
  const T* initial_hidden;
  const T* initial_cell;
  const T* peepholes;
  T* y;
  T* last_hidden;
  T* last_cell;
  W* given;  // [time, direction, batch, gate, hidden]: of the inputs, biases of W included
  W* state;  // [direction, batch, 6, hidden]: state, cell, what comes next, and three gates
  uint items, time, batches, features, hidden;
  Divisor rows, batch, direction;  // rows: gates × hidden
};

__device__ __forceinline__ W act_f(bool back, W x) { return back ? BACK_F(x) : F(x); }
__device__ __forceinline__ W act_g(bool back, W x) { return back ? BACK_G(x) : G(x); }
__device__ __forceinline__ W act_h(bool back, W x) { return back ? BACK_H(x) : H(x); }

/// Elements of two vectors multiplied and added up by the threads of a warp; all of them get it.
template <class V>
__device__ __forceinline__ W dot(const T* a, const V* b, uint count) {
  W sum = 0;
  for (uint i = threadIdx.x % 32; i < count; i += 32) sum += wide(a[i]) * (W)wide(b[i]);
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  return sum;
}

// A warp a row of W and a step.
extern "C" __global__ void __launch_bounds__(256) of_inputs(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * (256 / 32) + threadIdx.x / 32;
  if (item >= a.items) return;
  uint rest = item;
  const uint row = split(rest, a.rows), batch = split(rest, a.batch);
  const uint direction = split(rest, a.direction), rows = a.rows.divisor;
  const i64 at = (i64)direction * rows + row;
  W sum =
      dot(a.w + at * a.features, a.x + ((i64)rest * a.batches + batch) * a.features, a.features);
  if (a.bias != nullptr) sum += wide(a.bias[(i64)direction * 2 * rows + row]);
  if (threadIdx.x % 32 == 0) a.given[item] = sum;
}

/// One direction over one sequence.
struct Sequence {
  const Arguments& a;
  uint direction, batch;
  W *state, *cell, *next, *gates;
  const W* given = nullptr;

  __device__ Sequence(const Arguments& all, uint d, uint b) : a(all), direction(d), batch(b) {
    state = a.state + ((i64)d * a.batches + b) * 6 * a.hidden;
    cell = state + a.hidden;
    next = cell + a.hidden;
    gates = next + a.hidden;
  }
  __device__ i64 own() const { return ((i64)direction * a.batches + batch) * a.hidden; }
  __device__ bool back() const { return BIDIRECTIONAL && direction == 1; }

  __device__ void begin() {
    for (uint k = threadIdx.x; k < a.hidden; k += blockDim.x) {
      state[k] = a.initial_hidden != nullptr ? (W)wide(a.initial_hidden[own() + k]) : (W)0;
      cell[k] = a.initial_cell != nullptr ? (W)wide(a.initial_cell[own() + k]) : (W)0;
    }
    __syncthreads();
  }
  /// A row of R times `x`, its bias with it; for a whole warp.
  __device__ W of_state(uint row, const W* x) const {
    const i64 at = (i64)direction * a.rows.divisor + row;
    const W sum = dot(a.r + at * a.hidden, x, a.hidden);
    const i64 bias = ((i64)direction * 2 + 1) * a.rows.divisor + row;
    return a.bias != nullptr ? sum + wide(a.bias[bias]) : sum;
  }
  __device__ W full(uint gate, uint k) const {
    return given[gate * a.hidden + k] + of_state(gate * a.hidden + k, state);
  }
  __device__ W peephole(uint which, uint k, W of) const {
    if (a.peepholes == nullptr) return 0;
    return wide(a.peepholes[((i64)direction * 3 + which) * a.hidden + k]) * of;
  }

  __device__ void step_rnn(uint k, bool writes) {
    const W made = act_f(back(), full(0, k));
    if (writes) next[k] = made;
  }
  /// Gates of W, R and B stand in the order z, r, h.
  __device__ void open_gru(uint k, bool writes) {
    const W z = act_f(back(), full(0, k)), r = act_f(back(), full(1, k));
    const W after = RESET_AFTER ? r * of_state(2 * a.hidden + k, state) : r * state[k];
    if (!writes) return;
    gates[k] = z;
    gates[a.hidden + k] = after;
  }
  __device__ void step_gru(uint k, bool writes) {
    const W* reset = gates + a.hidden;
    const W recurrent = RESET_AFTER ? reset[k] : of_state(2 * a.hidden + k, reset);
    const W made = act_g(back(), given[2 * a.hidden + k] + recurrent), z = gates[k];
    if (writes) next[k] = (1 - z) * made + z * state[k];
  }
  /// Gates stand in the order i, o, f, c; peepholes in i, o, f.
  __device__ void step_lstm(uint k, bool writes) {
    const W before = cell[k];
    const W in = act_f(back(), full(0, k) + peephole(0, k, before));
    const W forget = INPUT_FORGET ? 1 - in : act_f(back(), full(2, k) + peephole(2, k, before));
    const W now = forget * before + in * act_g(back(), full(3, k));
    const W out = act_f(back(), full(1, k) + peephole(1, k, now));
    const W made = out * act_h(back(), now);
    __syncwarp();  // all lanes have read the cell
    if (!writes) return;
    cell[k] = now;
    next[k] = made;
  }
  /// A warp an element of the state.
  __device__ void step() {
    const uint warp = threadIdx.x / 32, warps = blockDim.x / 32;
    const bool writes = threadIdx.x % 32 == 0;
    if (KIND == 1) {
      for (uint k = warp; k < a.hidden; k += warps) open_gru(k, writes);
      __syncthreads();
    }
    for (uint k = warp; k < a.hidden; k += warps) {
      if (KIND == 0) step_rnn(k, writes);
      if (KIND == 1) step_gru(k, writes);
      if (KIND == 2) step_lstm(k, writes);
    }
    __syncthreads();
    for (uint k = threadIdx.x; k < a.hidden; k += blockDim.x) state[k] = next[k];
    __syncthreads();
  }
  __device__ i64 place(uint t) const {
    return (((i64)t * a.direction.divisor + direction) * a.batches + batch) * a.hidden;
  }
};

// A block a sequence and direction. A length beyond the sequences counts as the nearest that is
// there.
extern "C" __global__ void __launch_bounds__(1024) go_through(const __grid_constant__ Arguments a) {
  begin_kernel();
  Sequence one(a, blockIdx.y, blockIdx.x);
  const uint time = a.time;
  const uint length = a.lengths != nullptr ? min((uint)max(a.lengths[one.batch], 0), time) : time;
  const bool reversed = REVERSE || one.back();
  one.begin();
  for (uint i = 0; i < length; ++i) {
    const uint t = reversed ? length - 1 - i : i;
    one.given = a.given + one.place(t) * kGates;
    one.step();
    for (uint k = threadIdx.x; k < a.hidden; k += blockDim.x) {
      a.y[one.place(t) + k] = narrow<T>(one.state[k]);
    }
  }
  for (uint i = length; i < time; ++i) {
    for (uint k = threadIdx.x; k < a.hidden; k += blockDim.x) {
      a.y[one.place(i) + k] = narrow<T>((W)0);
    }
  }
  for (uint k = threadIdx.x; k < a.hidden; k += blockDim.x) {
    a.last_hidden[one.own() + k] = narrow<T>(one.state[k]);
    if (KIND == 2) a.last_cell[one.own() + k] = narrow<T>(one.cell[k]);
  }
}
