// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention and the rotation of its inputs, composed of products and a softmax.
#include <cmath>
#include <limits>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;
using ops::ElementWise;
using Binary = ops::ElementWiseKind;

/// A part of one axis.
Result<ir::Value*> part_of(Context& node, ir::Value* x, int64_t axis, const Expr& start,
                           const Expr& size, int64_t step, std::string_view role) {
  const auto rank = x->shape().size();
  ops::Slice op{expr::Shape(rank, 0), x->shape(), Dims::filled(static_cast<int>(rank), 1)};
  op.starts[static_cast<size_t>(axis)] = start;
  op.sizes[static_cast<size_t>(axis)] = size;
  op.steps[static_cast<int>(axis)] = step;
  return node.add(std::move(op), {x}, role);
}

/// [batch, length, heads · size] as [batch, heads, length, size].
Result<ir::Value*> heads_apart(Context& node, ir::Value* x, int64_t heads, std::string_view role) {
  const expr::Shape shape = x->shape();
  const bool fits = heads > 0 && (!shape[2].is_constant() || shape[2].constant() % heads == 0);
  if (!fits) {
    return node.fail(Code::InvalidModel, "{} cannot be split into {} heads", x->name, heads);
  }
  const expr::Shape apart{shape[0], shape[1], heads, expr::floor_div(shape[2], heads)};
  TENON_ASSIGN(ir::Value * split,
               node.add(ops::Reshape{apart}, {x}, fmt::format("{}_split", role)));
  return node.add(ops::Transpose{{0, 2, 1, 3}}, {split}, role);
}

Result<ir::Value*> heads_together(Context& node, ir::Value* x) {
  TENON_ASSIGN(ir::Value * turned, node.add(ops::Transpose{{0, 2, 1, 3}}, {x}, "turned"));
  const expr::Shape& shape = turned->shape();
  return node.add(ops::Reshape{{shape[0], shape[1], shape[2] * shape[3]}}, {turned}, "together");
}

/// Repeats every head so that keys have as many as queries.
Result<ir::Value*> repeated(Context& node, ir::Value* x, int64_t times, std::string_view role) {
  if (times == 1) return x;
  const expr::Shape s = x->shape();
  const auto part = [&](std::string_view name) { return fmt::format("{}_{}", role, name); };
  TENON_ASSIGN(x, node.add(ops::Reshape{{s[0], s[1], 1, s[2], s[3]}}, {x}, part("apart")));
  TENON_ASSIGN(x, node.add(ops::Expand{{s[0], s[1], times, s[2], s[3]}}, {x}, part("copies")));
  return node.add(ops::Reshape{{s[0], s[1] * times, s[2], s[3]}}, {x}, role);
}

/// What an Attention node is made of, heads apart: [batch, heads, length, size].
struct Parts {
  ir::Value *query, *key, *value;
  bool joined = false;  ///< the inputs had three axes
};

Result<Parts> read_parts(Context& node) {
  Parts parts{node.in(0), node.in(1), node.in(2)};
  parts.joined = node.rank(0) == 3;
  for (size_t i = 0; i < 3; ++i) TENON_TRY(node.expect_rank(i, parts.joined ? 3 : 4));
  if (parts.joined) {
    TENON_TRY(node.expect_attribute("q_num_heads"));
    TENON_TRY(node.expect_attribute("kv_num_heads"));
    TENON_ASSIGN(const int64_t heads, node.integer("q_num_heads", 1));
    TENON_ASSIGN(const int64_t key_heads, node.integer("kv_num_heads", 1));
    TENON_ASSIGN(parts.query, heads_apart(node, parts.query, heads, "query"));
    TENON_ASSIGN(parts.key, heads_apart(node, parts.key, key_heads, "key"));
    TENON_ASSIGN(parts.value, heads_apart(node, parts.value, key_heads, "value"));
  }
  if (node.has(4) != node.has(5)) {
    return node.fail(Code::InvalidModel, "past_key and past_value must be given both or neither");
  }
  if (node.has(4)) {
    TENON_ASSIGN(parts.key, node.add(ops::Concat{2}, {node.in(4), parts.key}, "all_keys"));
    TENON_ASSIGN(parts.value, node.add(ops::Concat{2}, {node.in(5), parts.value}, "all_values"));
  }
  TENON_TRY(node.output(1, parts.key));
  TENON_TRY(node.output(2, parts.value));
  const Expr &heads = parts.query->shape()[1], &key_heads = parts.key->shape()[1];
  if (!(heads == key_heads)) {
    const bool fits = heads.is_constant() && key_heads.is_constant() && key_heads.constant() > 0 &&
                      heads.constant() % key_heads.constant() == 0;
    if (!fits) {
      return node.fail(
          Code::InvalidModel,
          "the queries' heads are no multiple of the keys', or their number is dynamic");
    }
    const int64_t times = heads.constant() / key_heads.constant();
    TENON_ASSIGN(parts.key, repeated(node, parts.key, times, "keys"));
    TENON_ASSIGN(parts.value, repeated(node, parts.value, times, "values"));
  }
  return parts;
}

/// True where query i may see key j: j − i is at most what the past added.
Result<ir::Value*> causal_mask(Context& node, const Expr& queries, const Expr& keys) {
  const Expr past = node.has(4) ? node.in(4)->shape()[2] : Expr(0);
  const auto row = ops::Fill{ops::FillKind::Linspace, {queries}, DType::I64, 0, 1, 0};
  const auto column = ops::Fill{ops::FillKind::Linspace, {keys}, DType::I64, 0, 1, 0};
  TENON_ASSIGN(ir::Value * i, node.add(row, {}, "query_places"));
  TENON_ASSIGN(ir::Value * j, node.add(column, {}, "key_places"));
  TENON_ASSIGN(i, node.add(ops::Reshape{{queries, 1}}, {i}, "query_column"));
  if (!(past == Expr(0))) {
    TENON_ASSIGN(ir::Value * extents, node.add(ops::Shape{}, {node.in(4)}, "past_shape"));
    TENON_ASSIGN(ir::Value * length, node.add(ops::Slice{{2}, {1}, {1}}, {extents}, "past_length"));
    TENON_ASSIGN(i, node.add(ElementWise{Binary::Add}, {i, length}, "query_column_in_all"));
  }
  return node.add(ElementWise{Binary::LessOrEqual}, {j, i}, "causal");
}

/// Scores with minus infinity where the mask says no, or the mask added.
Result<ir::Value*> masked(Context& node, ir::Value* scores) {
  TENON_ASSIGN(const int64_t causal, node.integer("is_causal", 0));
  TENON_ASSIGN(ir::Value * never,
               node.scalar(scores->dtype(), -std::numeric_limits<double>::infinity(), "never"));
  if (causal != 0) {
    TENON_ASSIGN(ir::Value * mask, causal_mask(node, scores->shape()[2], scores->shape()[3]));
    TENON_ASSIGN(scores, node.add(ops::Select{}, {mask, scores, never}, "causal_scores"));
  }
  if (!node.has(3)) return scores;
  if (node.dtype(3) == DType::Bool) {
    return node.add(ops::Select{}, {node.in(3), scores, never}, "masked_scores");
  }
  return node.add(ElementWise{Binary::Add}, {scores, node.in(3)}, "masked_scores");
}

/// softmax(query · keyᵀ · scale + mask) · value.
Status import_attention(Context& node) {
  TENON_TRY(node.expect_inputs(3, 6));
  TENON_TRY(node.expect_outputs(3));
  TENON_ASSIGN(const float softcap, node.real("softcap", 0));
  TENON_ASSIGN(const Parts parts, read_parts(node));
  const DType dtype = parts.query->dtype();
  const Expr& size = parts.query->shape()[3];
  if (!node.has_attribute("scale") && !size.is_constant()) {
    return node.fail(Code::Unsupported, "the size of a head is dynamic: give attribute scale");
  }
  const double usual = size.is_constant() ? 1 / std::sqrt(static_cast<double>(size.constant())) : 1;
  TENON_ASSIGN(const float scale, node.real("scale", static_cast<float>(usual)));
  TENON_ASSIGN(ir::Value * factor, node.scalar(dtype, static_cast<double>(scale), "scale"));
  const ops::MatMul transposed{false, true, {ops::ActivationKind::None, 0, 0}};
  TENON_ASSIGN(ir::Value * scores, node.add(transposed, {parts.query, parts.key}, "products"));
  TENON_ASSIGN(scores, node.add(ElementWise{Binary::Mul}, {scores, factor}, "scores"));
  // Capped before it is masked: what no query may see stays unseen.
  if (softcap > 0) {
    TENON_ASSIGN(ir::Value * cap, node.scalar(dtype, static_cast<double>(softcap), "cap"));
    TENON_ASSIGN(scores, node.add(ElementWise{Binary::Div}, {scores, cap}, "by_cap"));
    TENON_ASSIGN(scores,
                 node.add(ops::Activation{ops::ActivationKind::Tanh, 0, 0}, {scores}, "bent"));
    TENON_ASSIGN(scores, node.add(ElementWise{Binary::Mul}, {scores, cap}, "capped"));
  }
  TENON_ASSIGN(scores, masked(node, scores));
  TENON_ASSIGN(ir::Value * weights, node.add(ops::Softmax{3, false}, {scores}, "weights"));
  if (!parts.joined) return node.finish(ops::MatMul{}, {weights, parts.value});
  TENON_ASSIGN(ir::Value * made, node.add(ops::MatMul{}, {weights, parts.value}, "made"));
  TENON_ASSIGN(made, heads_together(node, made));
  return node.output(0, made);
}

/// cos and sin of every place, [batch, 1, length, half]: rows of the caches, or the caches.
Result<ir::Value*> angles(Context& node, size_t cache, const expr::Shape& x,
                          std::string_view role) {
  ir::Value* values = node.in(cache);
  if (node.has(3)) {
    TENON_ASSIGN(values,
                 node.add(ops::Gather{0}, {values, node.in(3)}, fmt::format("{}_at", role)));
  }
  if (values->shape().size() != 3) {
    return node.fail(Code::InvalidModel, "{} has rank {}, but must have rank {}",
                     node.in(cache)->name, node.rank(cache), node.has(3) ? 2 : 3);
  }
  return node.add(ops::Reshape{{x[0], 1, x[2], values->shape()[2]}}, {values}, role);
}

/// Turns pairs of elements by the angles of their place: halves, or neighbours when interleaved.
Status import_rotary(Context& node) {
  TENON_TRY(node.expect_inputs(3, 4));
  TENON_ASSIGN(const int64_t interleaved, node.integer("interleaved", 0));
  TENON_ASSIGN(int64_t turned, node.integer("rotary_embedding_dim", 0));
  TENON_ASSIGN(const int64_t heads, node.integer("num_heads", 0));
  ir::Value* x = node.in(0);
  const bool joined = node.rank(0) == 3;
  if (joined) {
    TENON_ASSIGN(x, heads_apart(node, x, heads, "apart"));
  }
  if (x->shape().size() != 4 || !x->shape()[3].is_constant()) {
    return node.fail(Code::Unsupported, "input 0 must have rank 3 or 4 and a fixed size of a head");
  }
  const int64_t size = x->shape()[3].constant();
  if (turned == 0) turned = size;
  if (turned < 0 || turned > size || turned % 2 != 0) {
    return node.fail(Code::InvalidModel, "rotary_embedding_dim is {} for heads of {} elements",
                     turned, size);
  }
  const int64_t half = turned / 2, step = interleaved != 0 ? 2 : 1;
  TENON_ASSIGN(ir::Value * a, part_of(node, x, 3, 0, half, step, "first"));
  TENON_ASSIGN(ir::Value * b,
               part_of(node, x, 3, interleaved != 0 ? 1 : half, half, step, "second"));
  TENON_ASSIGN(ir::Value * cosine, angles(node, 1, x->shape(), "cos"));
  TENON_ASSIGN(ir::Value * sine, angles(node, 2, x->shape(), "sin"));
  const auto times = [&](ir::Value* p, ir::Value* q, std::string_view role) {
    return node.add(ElementWise{Binary::Mul}, {p, q}, role);
  };
  TENON_ASSIGN(ir::Value * a_cos, times(a, cosine, "first_cos"));
  TENON_ASSIGN(ir::Value * b_sin, times(b, sine, "second_sin"));
  TENON_ASSIGN(ir::Value * a_sin, times(a, sine, "first_sin"));
  TENON_ASSIGN(ir::Value * b_cos, times(b, cosine, "second_cos"));
  TENON_ASSIGN(ir::Value * real, node.add(ElementWise{Binary::Sub}, {a_cos, b_sin}, "real"));
  TENON_ASSIGN(ir::Value * imaginary,
               node.add(ElementWise{Binary::Add}, {a_sin, b_cos}, "imaginary"));
  std::vector<ir::Value*> parts{real, imaginary};
  if (interleaved != 0) {
    expr::Shape column = real->shape(), pairs = column;
    column.emplace_back(1);
    pairs[3] = turned;
    TENON_ASSIGN(parts[0], node.add(ops::Reshape{column}, {real}, "real_column"));
    TENON_ASSIGN(parts[1], node.add(ops::Reshape{column}, {imaginary}, "imaginary_column"));
    TENON_ASSIGN(ir::Value * both, node.add(ops::Concat{4}, parts, "columns"));
    TENON_ASSIGN(both, node.add(ops::Reshape{pairs}, {both}, "pairs"));
    parts = {both};
  }
  if (turned < size) {
    TENON_ASSIGN(ir::Value * rest, part_of(node, x, 3, turned, size - turned, 1, "rest"));
    parts.push_back(rest);
  }
  TENON_ASSIGN(ir::Value * made, node.add(ops::Concat{3}, parts, "rotated"));
  if (joined) {
    TENON_ASSIGN(made, heads_together(node, made));
  }
  return node.output(0, made);
}

/// x · sigmoid(alpha x).
Result<ir::Value*> swish(Context& node) {
  TENON_ASSIGN(const float alpha, node.real("alpha", 1));
  TENON_ASSIGN(ir::Value * factor, node.scalar(node.dtype(0), static_cast<double>(alpha), "alpha"));
  TENON_ASSIGN(ir::Value * scaled,
               node.add(ElementWise{Binary::Mul}, {node.in(0), factor}, "scaled"));
  TENON_ASSIGN(ir::Value * gate,
               node.add(ops::Activation{ops::ActivationKind::Sigmoid, 0, 0}, {scaled}, "gate"));
  return node.add(ElementWise{Binary::Mul}, {node.in(0), gate}, "gated");
}

Status import_swish(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(ir::Value * gated, swish(node));
  return node.finish(ops::Identity{}, {gated});
}

Status import_swiglu(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(ir::Value * gated, swish(node));
  return node.finish(ElementWise{Binary::Mul}, {gated, node.in(1)});
}

constexpr Row kAttentionRows[] = {
    {"Attention", 23, kNoEnd, import_attention},
    {"RotaryEmbedding", 23, kNoEnd, import_rotary},
    {"SwiGLU", 28, kNoEnd, import_swiglu},
    {"Swish", 24, kNoEnd, import_swish},
};

}  // namespace

std::span<const Row> attention_rows() { return kAttentionRows; }

}  // namespace tenon::onnx
