// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention over sequences, and what stands around it.
#include "backends/ref/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

using ops::CausalKind;
using ops::SequenceForm;

constexpr Status kBadLengths = {Code::InvalidArgument,
                                "the lengths of sequences contradict their tensor"};

/// Where the vectors of heads lie: element strides of a tensor of sequences.
struct Heads {
  int64_t batch, head, place, heads, places, size;
  bool packed;

  Heads(const Dims& d, SequenceForm form) noexcept : packed(form == SequenceForm::Packed) {
    const Dims strides = row_major_strides(d);
    const int head_axis = form == SequenceForm::PlacesFirst ? 2 : 1;
    const int place_axis = packed ? 0 : 3 - head_axis;
    batch = packed ? 0 : strides[0];
    head = strides[head_axis];
    place = strides[place_axis];
    heads = d[head_axis];
    places = d[place_axis];
    size = d.back();
  }
};

/// The places of one sequence.
struct Range {
  int64_t first, count;
};

/// Of sequence `b`: its part of a packed tensor, or the places that count of a padded one. False
/// when the lengths lead outside.
bool range_of(const Call& call, size_t lengths, const Heads& heads, int64_t b, Range& range) {
  range = {0, heads.places};
  if (heads.packed) {
    range.first = call.index(lengths, b);
    range.count = call.index(lengths, b + 1) - range.first;
  } else if (call.has(lengths)) {
    range.count = call.index(lengths, b);
  }
  return range.first >= 0 && range.count >= 0 && range.count <= heads.places &&
         range.first <= heads.places - range.count;
}

/// One query against the keys of its sequence.
struct Sight {
  int64_t first = 0, keys = 0;  ///< places of the sequence's keys
  int64_t seen = 0;             ///< of these, from the first on
};

template <class T>
struct Attending {
  const ops::Attention& op;
  const Call& call;
  Heads q, k, v;
  int64_t batch;

  /// True if the mask lets `b`, `h`, `i` see `j`; adds to `score` what it holds.
  bool admit(int64_t b, int64_t h, int64_t i, int64_t j, double& score) const noexcept {
    if (!call.has(ops::kAttentionMask)) return true;
    const Dims &mask = call.in_dims(ops::kAttentionMask), strides = row_major_strides(mask);
    const int64_t index[] = {b, h, i, j};
    int64_t at = 0;
    for (int axis = 0; axis < 4; ++axis) at += mask[axis] == 1 ? 0 : index[axis] * strides[axis];
    if (call.in_type(ops::kAttentionMask) == DType::Bool) {
      return call.in<bool>(ops::kAttentionMask)[at];
    }
    score += load(call.in<T>(ops::kAttentionMask)[at]);
    return true;
  }

  void one(int64_t b, int64_t h, int64_t i, const T* query, const Sight& sight, T* out) const {
    auto* weights = static_cast<double*>(call.args.workspace);
    const int64_t shared = h / (q.heads / k.heads);
    const T* keys = call.in<T>(ops::kAttentionKey) + b * k.batch + shared * k.head;
    const T* values = call.in<T>(ops::kAttentionValue) + b * v.batch + shared * v.head;
    double largest = -INFINITY;
    bool blind = true;
    for (int64_t j = 0; j < sight.seen; ++j) {
      double score = 0;
      for (int64_t c = 0; c < q.size; ++c) {
        score += load(query[c]) * load(keys[(sight.first + j) * k.place + c]);
      }
      score *= double{op.scale};
      const bool sees = admit(b, h, i, j, score);
      if (!sees) score = op.softmax ? -INFINITY : 0;
      blind = blind && !sees;
      weights[j] = score;
      largest = std::max(largest, score);
    }
    double sum = 1;
    if (op.softmax) {
      sum = 0;
      for (int64_t j = 0; j < sight.seen; ++j) {
        weights[j] = blind ? 0 : std::exp(weights[j] - largest);
        sum += weights[j];
      }
      if (blind) sum = 1;
    }
    for (int64_t c = 0; c < v.size; ++c) {
      double all = 0;
      for (int64_t j = 0; j < sight.seen; ++j) {
        all += weights[j] * load(values[(sight.first + j) * v.place + c]);
      }
      out[c] = store<T>(all / sum);
    }
  }

  Status run() const {
    const Heads out(call.out_dims(), op.query_form);
    for (int64_t b = 0; b < batch; ++b) {
      Range queries{}, keys{};
      if (!range_of(call, ops::kAttentionQueryLengths, q, b, queries) ||
          !range_of(call, ops::kAttentionKeyLengths, k, b, keys)) {
        return kBadLengths;
      }
      for (int64_t h = 0; h < q.heads; ++h) {
        for (int64_t i = 0; i < queries.count; ++i) {
          Sight sight{keys.first, keys.count, keys.count};
          if (op.causal != CausalKind::None) {
            const int64_t past =
                op.causal == CausalKind::LowerRight ? keys.count - queries.count : 0;
            sight.seen = std::clamp<int64_t>(past + i + 1, 0, keys.count);
          }
          const int64_t place = queries.first + i;
          one(b, h, i,
              call.in<T>(ops::kAttentionQuery) + b * q.batch + h * q.head + place * q.place, sight,
              call.out<T>() + b * out.batch + h * out.head + place * out.place);
        }
      }
    }
    return {};
  }
};

/// What a packed tensor holds behind its last sequence is zeros.
template <class T>
void clear_rest(const Call& call) noexcept {
  std::fill_n(call.out<T>(), call.out_dims().volume(), T{});
}

bool by_row(const Dims& angles) noexcept { return angles.rank() == 2; }

}  // namespace

Status run(const ops::Attention& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Heads q(call.in_dims(ops::kAttentionQuery), op.query_form);
    const Heads k(call.in_dims(ops::kAttentionKey), op.key_form);
    const Heads v(call.in_dims(ops::kAttentionValue), op.key_form);
    if ((q.packed && !call.has(ops::kAttentionQueryLengths)) ||
        (k.packed && !call.has(ops::kAttentionKeyLengths)) || k.heads < 1 ||
        q.heads % k.heads != 0) {
      return kBadLengths;
    }
    const int64_t batch = !q.packed   ? call.in_dims(ops::kAttentionQuery)[0]
                          : !k.packed ? call.in_dims(ops::kAttentionKey)[0]
                                      : call.in_dims(ops::kAttentionQueryLengths)[0] - 1;
    if (q.packed) clear_rest<T>(call);
    return Attending<T>{op, call, q, k, v, batch}.run();
  });
}

Status run(const ops::RotaryEmbedding& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims &x = call.in_dims(0), &angles = call.in_dims(1);
    const int64_t head = x[3], half = angles.back(), rows = angles[0];
    if (by_row(angles) != call.has(3)) {
      return Status{Code::InvalidArgument, "rotary_embedding lacks the places of its rows"};
    }
    for (int64_t at = 0; at < x[0] * x[1] * x[2]; ++at) {
      const int64_t b = at / (x[1] * x[2]), place = b * x[2] + at % x[2];
      const int64_t row = call.has(3) ? call.index(3, place) : place;
      if (call.has(3) && (row < 0 || row >= rows)) {
        return Status{Code::InvalidArgument, "rotary_embedding was given a place without a row"};
      }
      const T *from = call.in<T>(0) + at * head, *cosine = call.in<T>(1) + row * half,
              *sine = call.in<T>(2) + row * half;
      T* to = call.out<T>() + at * head;
      std::copy_n(from, head, to);
      for (int64_t i = 0; i < half; ++i) {
        const int64_t a = op.interleaved ? 2 * i : i, z = op.interleaved ? 2 * i + 1 : half + i;
        const double re = load(from[a]), im = load(from[z]);
        to[a] = store<T>(re * load(cosine[i]) - im * load(sine[i]));
        to[z] = store<T>(re * load(sine[i]) + im * load(cosine[i]));
      }
    }
    return Status{};
  });
}

/// Bytes are moved: any type will do.
Status run(const ops::KvCacheUpdate& op, const Call& call) noexcept {
  const Dims& cache = call.in_dims(0);
  const Heads update(call.in_dims(1), op.form);
  const auto element = static_cast<size_t>(byte_size(call.out_type(), 1));
  if (update.packed && !call.has(3)) return kBadLengths;
  if (call.args.outputs[0] != call.args.inputs[0]) {
    std::memcpy(call.args.outputs[0], call.args.inputs[0],
                static_cast<size_t>(cache.volume()) * element);
  }
  const size_t row = static_cast<size_t>(cache[3]) * element;
  for (int64_t b = 0; b < cache[0]; ++b) {
    Range range{};
    if (!range_of(call, 3, update, b, range)) return kBadLengths;
    const int64_t first = call.index(2, b);
    if (first < 0 || range.count > cache[2] || first > cache[2] - range.count) {
      return {Code::InvalidArgument, "kv_cache_update would write outside the cache"};
    }
    for (int64_t h = 0; h < cache[1]; ++h) {
      for (int64_t i = 0; i < range.count; ++i) {
        const int64_t from = b * update.batch + h * update.head + (range.first + i) * update.place;
        const int64_t to = ((b * cache[1] + h) * cache[2] + first + i) * cache[3];
        std::memcpy(call.out<std::byte>() + static_cast<size_t>(to) * element,
                    call.in<std::byte>(1) + static_cast<size_t>(from) * element, row);
      }
    }
  }
  return {};
}

namespace {

/// Column `c` of row · weights + bias.
template <class T>
double product(const double* row, int64_t count, const T* weights, int64_t columns, int64_t c,
               const T* bias) noexcept {
  double sum = bias != nullptr ? load(bias[c]) : 0;
  for (int64_t i = 0; i < count; ++i) sum += row[i] * load(weights[i * columns + c]);
  return sum;
}

template <class T>
Status mix(const ops::MixtureOfExperts& op, const Call& call) noexcept {
  const Dims& gate = call.in_dims(ops::kExpertGate);
  const int64_t experts = gate[0], hidden = gate[1], inner = gate[2];
  const int64_t k = call.in_dims(ops::kExpertChosen).back();
  const auto part = [&](size_t input, int64_t expert, int64_t size) -> const T* {
    const T* all = call.optional<T>(input);
    return all == nullptr ? nullptr : all + expert * size;
  };
  auto* token = static_cast<double*>(call.args.workspace);
  double* inside = token + hidden;
  const auto limit = static_cast<double>(op.limit), alpha = static_cast<double>(op.alpha);
  std::fill_n(call.out<T>(), call.out_dims().volume(), T{});
  for (int64_t t = 0; hidden > 0 && t < call.out_dims().volume() / hidden; ++t) {
    T* out = call.out<T>() + t * hidden;
    for (int64_t i = 0; i < hidden; ++i)
      token[i] = load(call.in<T>(ops::kExpertTokens)[t * hidden + i]);
    for (int64_t n = 0; n < k; ++n) {
      const int64_t e = call.index(ops::kExpertChosen, t * k + n);
      if (e < 0 || e >= experts) {
        return {Code::InvalidArgument, "mixture_of_experts was given an expert that is not there"};
      }
      for (int64_t c = 0; c < inner; ++c) {
        const double g = std::min(product(token, hidden, part(ops::kExpertGate, e, hidden * inner),
                                          inner, c, part(ops::kExpertGateBias, e, inner)),
                                  limit);
        const double u = std::clamp(product(token, hidden, part(ops::kExpertUp, e, hidden * inner),
                                            inner, c, part(ops::kExpertUpBias, e, inner)),
                                    -limit, limit);
        const double gated = op.silu ? g / (1 + std::exp(-alpha * g)) : g;
        inside[c] = gated * (u + static_cast<double>(op.beta));
      }
      const double score = load(call.in<T>(ops::kExpertScores)[t * k + n]);
      for (int64_t c = 0; c < hidden; ++c) {
        out[c] = store<T>(load(out[c]) +
                          score * product(inside, inner, part(ops::kExpertDown, e, inner * hidden),
                                          hidden, c, part(ops::kExpertDownBias, e, hidden)));
      }
    }
  }
  return {};
}

}  // namespace

Status run(const ops::MixtureOfExperts& op, const Call& call) noexcept {
  for (const size_t i : {ops::kExpertGate, ops::kExpertUp, ops::kExpertDown}) {
    if (!call.has(i)) return {Code::InvalidArgument, "mixture_of_experts lacks weights"};
  }
  return with_float(call.out_type(),
                    [&](auto type) { return mix<typename decltype(type)::type>(op, call); });
}

namespace {

bool is_there(const kernel::NodeInfo& node, size_t i) {
  return i < node.inputs.size() && node.inputs[i].present;
}

}  // namespace

Status needs_lengths(const kernel::NodeInfo& node, Diagnostics& diag) {
  const auto missing = [&](SequenceForm form, size_t i, const char* what) {
    if (form != SequenceForm::Packed || is_there(node, i)) return Status{};
    return decline(diag, "packed sequences need the lengths of {} (input {})", what, i);
  };
  if (const auto* update = std::get_if<ops::KvCacheUpdate>(node.op)) {
    return missing(update->form, 3, "the update");
  }
  const auto& op = std::get<ops::Attention>(*node.op);
  TENON_TRY(missing(op.query_form, ops::kAttentionQueryLengths, "the queries"));
  return missing(op.key_form, ops::kAttentionKeyLengths, "keys and values");
}

Status needs_weights(const kernel::NodeInfo& node, Diagnostics& diag) {
  for (const size_t i : {ops::kExpertGate, ops::kExpertUp, ops::kExpertDown}) {
    if (!is_there(node, i)) return decline(diag, "a mixture of experts needs its weights");
  }
  const bool biased = is_there(node, ops::kExpertGateBias);
  for (const size_t i : {ops::kExpertUpBias, ops::kExpertDownBias}) {
    if (is_there(node, i) != biased) return decline(diag, "experts have all biases or none");
  }
  return {};
}

Status needs_places(const kernel::NodeInfo& node, Diagnostics& diag) {
  if (node.inputs[1].opt.rank() != 2 || is_there(node, 3)) return {};
  return decline(diag, "cosines and sines by row need the row of each place (input 3)");
}

}  // namespace tenon::ref
