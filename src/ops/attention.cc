// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of attention and what stands around it.
#include "ops/attention.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

/// Extents of sequences, told apart by the axes' meaning.
struct Sequences {
  const Expr* batch;  ///< null when packed
  const Expr &heads, &places, &size;
};

Sequences sequences(const expr::Shape& shape, SequenceForm form) {
  if (form == SequenceForm::Packed) return {nullptr, shape[1], shape[0], shape[2]};
  if (form == SequenceForm::PlacesFirst) return {shape.data(), shape[2], shape[1], shape[3]};
  return {shape.data(), shape[1], shape[2], shape[3]};
}

Status expect_sequences(Inference& inference, size_t i, SequenceForm form) {
  const size_t rank = form == SequenceForm::Packed ? 3 : 4;
  if (inference.in(i).shape.size() == rank) return {};
  return inference.diag.fail(Code::InvalidModel,
                             "input {} has shape {}, but {} sequences have {} axes", i,
                             text(inference, inference.in(i).shape), to_string(form), rank);
}

/// Refuses `what` unless both extents can be equal.
Status expect_equal(Inference& inference, const Expr& a, const Expr& b, const char* what) {
  if (can_equal(a, b)) return {};
  return inference.diag.fail(Code::InvalidModel, "{} differ: {} and {}", what, a.constant(),
                             b.constant());
}

/// Refuses an input of lengths, where it is there, that is no i32 vector of `count` elements.
Status expect_lengths(Inference& inference, size_t i, const Expr& count) {
  if (!inference.has(i)) return {};
  const TensorType& lengths = inference.in(i);
  TENON_TRY(expect_type(inference, i, lengths.dtype == DType::I32, "i32"));
  if (lengths.shape.size() == 1 && can_equal(lengths.shape[0], count)) return {};
  return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but must have [{}]", i,
                             text(inference, lengths.shape), text(inference, {count}));
}

Status expect_mask(const Attention& op, const expr::Shape& wanted, Inference& inference) {
  const TensorType& mask = inference.in(kAttentionMask);
  const DType query = inference.in(kAttentionQuery).dtype;
  TENON_TRY(expect_type(inference, kAttentionMask, mask.dtype == DType::Bool || mask.dtype == query,
                        "bool, or the queries' type"));
  if (op.causal != CausalKind::None) {
    return inference.diag.fail(Code::InvalidModel,
                               "a mask and a causal kind exclude each other: keep one");
  }
  if (op.query_form == SequenceForm::Packed || op.key_form == SequenceForm::Packed) {
    return inference.diag.fail(Code::Unsupported, "packed sequences cannot have a mask");
  }
  if (mask.shape.size() == 4 && broadcasts_to(mask.shape, wanted)) return {};
  return inference.diag.fail(Code::InvalidModel, "the mask has shape {}, which does not suit {}",
                             text(inference, mask.shape), text(inference, wanted));
}

Status expect_attention_lengths(const Attention& op, const Sequences& query, const Sequences& key,
                                Inference& inference) {
  const bool packed_query = op.query_form == SequenceForm::Packed;
  const bool packed_key = op.key_form == SequenceForm::Packed;
  const auto unknown = [&](size_t i) {
    return inference.has(i) && inference.in(i).shape.size() == 1 ? inference.in(i).shape[0]
                                                                 : Expr(1);
  };
  if (packed_query) {
    const Expr count = packed_key ? unknown(kAttentionQueryLengths) : *key.batch + 1;
    TENON_TRY(expect_lengths(inference, kAttentionQueryLengths, count));
  }
  const Expr count = !packed_key    ? *key.batch
                     : packed_query ? unknown(kAttentionQueryLengths)
                                    : *query.batch + 1;
  return expect_lengths(inference, kAttentionKeyLengths, count);
}

/// Refuses cosines or sines that do not suit x.
Status expect_angles(const RotaryEmbedding& op, size_t i, Inference& inference) {
  const expr::Shape &x = inference.in(0).shape, &angles = inference.in(i).shape;
  const Expr size = op.size == 0 ? x[3] : Expr(op.size);
  const bool by_row = angles.size() == 2;
  const bool by_place = angles.size() == 3 && !inference.has(3) && can_equal(angles[0], x[0]) &&
                        can_equal(angles[1], x[2]);
  if ((by_row || by_place) && can_equal(angles.back() * 2, size)) return {};
  return inference.diag.fail(Code::InvalidModel,
                             "input {} has shape {}, but must have [batch, places, half] or, with "
                             "input 3, [rows, half] for an input of shape {}",
                             i, text(inference, angles), text(inference, x));
}

/// Refuses input `i`, where it is there, unless it has these extents.
Status expect_shape(Inference& inference, size_t i, const expr::Shape& wanted) {
  if (!inference.has(i)) return {};
  const expr::Shape& shape = inference.in(i).shape;
  bool fits = shape.size() == wanted.size();
  for (size_t axis = 0; fits && axis < shape.size(); ++axis) {
    fits = can_equal(shape[axis], wanted[axis]);
  }
  if (fits) return {};
  return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but must have {}", i,
                             text(inference, shape), text(inference, wanted));
}

}  // namespace

Status infer(const Attention& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 7));
  TENON_TRY(expect_floating(inference, kAttentionQuery));
  TENON_TRY(expect_same_type(inference, {kAttentionQuery, kAttentionKey, kAttentionValue}));
  if (inference.has(kAttentionScale)) {
    return inference.diag.fail(Code::Unsupported,
                               "quantised attention weights are not there: leave their scale out");
  }
  TENON_TRY(expect_sequences(inference, kAttentionQuery, op.query_form));
  TENON_TRY(expect_sequences(inference, kAttentionKey, op.key_form));
  TENON_TRY(expect_sequences(inference, kAttentionValue, op.key_form));
  const expr::Shape& q = inference.in(kAttentionQuery).shape;
  const Sequences query = sequences(q, op.query_form);
  const Sequences key = sequences(inference.in(kAttentionKey).shape, op.key_form);
  const Sequences value = sequences(inference.in(kAttentionValue).shape, op.key_form);
  TENON_TRY(expect_equal(inference, query.size, key.size, "the head sizes of queries and keys"));
  TENON_TRY(expect_equal(inference, key.heads, value.heads, "the heads of keys and values"));
  TENON_TRY(expect_equal(inference, key.places, value.places, "the places of keys and values"));
  if (key.batch != nullptr) {
    TENON_TRY(expect_equal(inference, *key.batch, *value.batch, "the batches of keys and values"));
    if (query.batch != nullptr) {
      TENON_TRY(
          expect_equal(inference, *query.batch, *key.batch, "the batches of queries and keys"));
    }
  }
  if (query.heads.is_constant() && key.heads.is_constant() &&
      (key.heads.constant() < 1 || query.heads.constant() % key.heads.constant() != 0)) {
    return inference.diag.fail(Code::InvalidModel,
                               "{} heads of queries are no multiple of {} of keys",
                               query.heads.constant(), key.heads.constant());
  }
  if (inference.has(kAttentionMask)) {
    TENON_TRY(expect_mask(op, {q[0], query.heads, query.places, key.places}, inference));
  }
  TENON_TRY(expect_attention_lengths(op, query, key, inference));
  expr::Shape out = q;
  out.back() = value.size;
  inference.out(inference.in(kAttentionQuery).dtype, std::move(out));
  return {};
}

Status infer(const RotaryEmbedding& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 4));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1, 2}));
  const TensorType& x = inference.in(0);
  const Expr size = op.size == 0 && x.shape.size() == 4 ? x.shape[3] : Expr(op.size);
  const bool fits = x.shape.size() == 4 && op.size >= 0 &&
                    (!size.is_constant() || size.constant() % 2 == 0) &&
                    (!x.shape[3].is_constant() || op.size <= x.shape[3].constant());
  if (!fits) {
    return inference.diag.fail(
        Code::InvalidModel,
        "{} elements, an even number of at most a head's, cannot be turned in "
        "an input of shape {}, which must be [batch, heads, places, head]",
        op.size, text(inference, x.shape));
  }
  TENON_TRY(expect_angles(op, 1, inference));
  TENON_TRY(expect_angles(op, 2, inference));
  TENON_TRY(expect_shape(inference, 2, inference.in(1).shape));
  if (inference.has(3)) {
    const TensorType& places = inference.in(3);
    TENON_TRY(expect_type(inference, 3, places.dtype == DType::I32 || places.dtype == DType::I64,
                          "i32 or i64"));
    TENON_TRY(expect_shape(inference, 3, {x.shape[0], x.shape[2]}));
  }
  inference.out(x.dtype, x.shape);
  return {};
}

Status infer(const KvCacheUpdate& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 4));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  TENON_TRY(expect_sequences(inference, 0, SequenceForm::Padded));
  TENON_TRY(expect_sequences(inference, 1, op.form));
  const expr::Shape& cache = inference.in(0).shape;
  const Sequences update = sequences(inference.in(1).shape, op.form);
  TENON_TRY(expect_equal(inference, cache[1], update.heads, "the heads of cache and update"));
  TENON_TRY(expect_equal(inference, cache[3], update.size, "the head sizes of cache and update"));
  if (update.batch != nullptr) {
    TENON_TRY(expect_equal(inference, cache[0], *update.batch, "the batches of cache and update"));
  }
  TENON_TRY(expect_lengths(inference, 2, cache[0]));
  TENON_TRY(expect_lengths(inference, 3, cache[0] + 1));
  inference.out(inference.in(0).dtype, cache);
  return {};
}

/// The interface gives weights after the layer is made: until then they are absent.
Status infer(const MixtureOfExperts& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 9));
  if (!(op.limit >= 0)) {
    return inference.diag.fail(Code::InvalidModel,
                               "the limit of a gate is {}, but must be 0 or more", op.limit);
  }
  TENON_TRY(expect_floating(inference, kExpertTokens));
  TENON_TRY(expect_same_type(inference, {kExpertTokens, kExpertScores}));
  TENON_TRY(expect_type(inference, kExpertChosen, inference.in(kExpertChosen).dtype == DType::I32,
                        "i32"));
  const expr::Shape& tokens = inference.in(kExpertTokens).shape;
  expr::Shape chosen = tokens;
  if (tokens.empty() || inference.in(kExpertChosen).shape.size() != tokens.size()) {
    return inference.diag.fail(Code::InvalidModel, "tokens have shape {} and their experts {}",
                               text(inference, tokens),
                               text(inference, inference.in(kExpertChosen).shape));
  }
  chosen.back() = inference.in(kExpertChosen).shape.back();
  TENON_TRY(expect_shape(inference, kExpertChosen, chosen));
  TENON_TRY(expect_shape(inference, kExpertScores, chosen));
  const Expr& hidden = tokens.back();
  if (inference.has(kExpertGate)) {
    const expr::Shape gate = inference.in(kExpertGate).shape;
    TENON_TRY(expect_shape(
        inference, kExpertGate,
        {gate.empty() ? Expr(1) : gate[0], hidden, gate.empty() ? Expr(1) : gate.back()}));
    const Expr &experts = gate[0], &inner = gate[2];
    TENON_TRY(expect_shape(inference, kExpertUp, gate));
    TENON_TRY(expect_shape(inference, kExpertDown, {experts, inner, hidden}));
    TENON_TRY(expect_shape(inference, kExpertGateBias, {experts, inner}));
    TENON_TRY(expect_shape(inference, kExpertUpBias, {experts, inner}));
    TENON_TRY(expect_shape(inference, kExpertDownBias, {experts, hidden}));
    for (size_t i = kExpertGate; i <= kExpertDownBias; ++i) {
      if (inference.has(i)) TENON_TRY(expect_same_type(inference, {kExpertTokens, i}));
    }
  }
  inference.out(inference.in(kExpertTokens).dtype, tokens);
  return {};
}

}  // namespace tenon::ops
