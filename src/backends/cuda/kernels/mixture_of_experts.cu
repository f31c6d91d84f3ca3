// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Experts: what each chosen one makes of a token inside, then their sum. Generated text before this
// defines T and SILU. An expert that is not there adds nothing.
typedef Wide<T> W;
struct Arguments {
  const T* tokens;
  const int* chosen;
  const T* scores;
  const T* gate;
  const T* up;
  const T* down;
  const T* gate_bias;  // null, as are the other two: without biases
  const T* up_bias;
  const T* down_bias;
  T* y;
  W* inside;  // [token, choice, inner]
  uint items, outputs, experts, hidden, inner, choices;
  Divisor by_inner, by_hidden, by_choices;
  float limit, alpha, beta;
};

__device__ __forceinline__ W sigmoid_times(W x, W alpha) { return x / (1 + exp(-alpha * x)); }

// Neighbouring threads read neighbouring columns of weights.
extern "C" __global__ void look_inside(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.items) return;
  uint rest = item;
  const uint column = split(rest, a.by_inner), expert = (uint)a.chosen[rest];
  if (expert >= a.experts) return;
  const T* token = a.tokens + (i64)divide(rest, a.by_choices) * a.hidden;
  const i64 bias = (i64)expert * a.inner + column,
            first = (i64)expert * a.hidden * a.inner + column;
  W g = a.gate_bias != nullptr ? (W)wide(a.gate_bias[bias]) : (W)0;
  W u = a.up_bias != nullptr ? (W)wide(a.up_bias[bias]) : (W)0;
  for (uint i = 0; i < a.hidden; ++i) {
    const W x = wide(token[i]);
    const i64 at = first + (i64)i * a.inner;
    g += x * wide(a.gate[at]);
    u += x * wide(a.up[at]);
  }
  const W limit = a.limit;
  g = g > limit ? limit : g;
  u = u > limit ? limit : u < -limit ? -limit : u;
  a.inside[item] = (SILU ? sigmoid_times(g, a.alpha) : g) * (u + (W)a.beta);
}

extern "C" __global__ void add_experts(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= a.outputs) return;
  uint token = item;
  const uint column = split(token, a.by_hidden);
  W sum = 0;
  for (uint n = 0; n < a.choices; ++n) {
    const uint choice = token * a.choices + n, expert = (uint)a.chosen[choice];
    if (expert >= a.experts) continue;
    const W* inside = a.inside + (i64)choice * a.inner;
    const T* down = a.down + (i64)expert * a.inner * a.hidden + column;
    W made = a.down_bias != nullptr ? (W)wide(a.down_bias[(i64)expert * a.hidden + column]) : (W)0;
    for (uint i = 0; i < a.inner; ++i) made += inside[i] * wide(down[(i64)i * a.hidden]);
    sum += (W)wide(a.scores[choice]) * made;
  }
  a.y[item] = narrow<T>(sum);
}
