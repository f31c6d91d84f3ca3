// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention as two products with a softmax between, for which there are fast kernels.
#include <limits>
#include <optional>

#include "passes/rewrite.h"
#include "passes/unfold.h"

namespace tenon::passes {

namespace {

using expr::Expr;
using expr::Shape;
using ops::CausalKind;

/// Adds operators before one node.
class Maker {
 public:
  Maker(ir::Graph& graph, const ir::Node& node, PassContext& context)
      : graph_(graph), node_(node), context_(context) {}

  Result<ir::Value*> add(ops::Op op, std::vector<ir::Value*> inputs, std::string_view role) {
    return before(graph_, node_, std::move(op), std::move(inputs), role, context_);
  }
  /// A number of the queries' type.
  Result<ir::Value*> scalar(double value, std::string_view role) {
    ir::Value* number =
        constant_before(graph_, &node_, make_floats({}, [&](int64_t) { return value; }),
                        fmt::format("{}/{}", node_.name, role), context_);
    const DType dtype = node_.input(ops::kAttentionQuery)->dtype();
    if (dtype == DType::F32) return number;
    return add(ops::Cast{dtype}, {number}, fmt::format("{}_as_{}", role, to_string(dtype)));
  }
  Result<ir::Value*> reshape(ir::Value* x, const Shape& target, std::string_view role) {
    if (x->shape() == target) return x;
    return add(ops::Reshape{target}, {x}, role);
  }
  /// 0, 1, … as a row or a column, or the same the other way round.
  Result<ir::Value*> places(const Expr& count, bool backwards, bool column, std::string_view role) {
    const auto part = [&](std::string_view name) { return fmt::format("{}_{}", role, name); };
    TENON_ASSIGN(ir::Value * made,
                 add(ops::Fill{ops::FillKind::Linspace, {count}, DType::I64, 0, 1, 0}, {}, role));
    if (backwards) {
      TENON_ASSIGN(made, add(ops::Slice{{count - 1}, {count}, {-1}}, {made}, part("backwards")));
    }
    if (!column) return made;
    return reshape(made, {count, 1}, part("column"));
  }
  /// True where query i may see key j. Counted from the end, the last query sees all keys.
  Result<ir::Value*> causal_mask(CausalKind kind, const Expr& queries, const Expr& keys) {
    const bool right = kind == CausalKind::LowerRight;
    TENON_ASSIGN(ir::Value * i, places(queries, right, true, "query_places"));
    TENON_ASSIGN(ir::Value * j, places(keys, right, false, "key_places"));
    const auto compare =
        right ? ops::ElementWiseKind::GreaterOrEqual : ops::ElementWiseKind::LessOrEqual;
    return add(ops::ElementWise{compare}, {j, i}, "causal");
  }

 private:
  ir::Graph& graph_;
  const ir::Node& node_;
  PassContext& context_;
};

/// Heads of queries for each head of keys; nothing when that is not known.
std::optional<int64_t> share(const Expr& queries, const Expr& keys) {
  if (queries == keys) return 1;
  if (!queries.is_constant() || !keys.is_constant() || keys.constant() < 1) return std::nullopt;
  return queries.constant() / keys.constant();
}

/// What hides keys, as a tensor of bool; null when nothing does.
Result<ir::Value*> hiding(Maker& make, const ops::Attention& op, const ir::Node& node,
                          const Expr& queries, const Expr& keys) {
  ir::Value* mask = node.input(ops::kAttentionMask);
  if (mask != nullptr) return mask->dtype() == DType::Bool ? mask : nullptr;
  const bool last_alone = op.causal == CausalKind::LowerRight && queries == Expr(1);
  if (op.causal == CausalKind::None || last_alone) return static_cast<ir::Value*>(nullptr);
  return make.causal_mask(op.causal, queries, keys);
}

/// The weights of all keys, [batch, heads, queries, keys], from the scores.
Result<ir::Value*> weights_of(Maker& make, const ops::Attention& op, const ir::Node& node,
                              ir::Value* scores) {
  const Expr queries = scores->shape()[2], keys = scores->shape()[3];
  TENON_ASSIGN(ir::Value * seen, hiding(make, op, node, queries, keys));
  ir::Value* none = nullptr;
  if (seen != nullptr) {
    TENON_ASSIGN(none, make.scalar(0, "none"));
    ir::Value* never = none;
    if (op.softmax) {
      TENON_ASSIGN(never, make.scalar(-std::numeric_limits<double>::infinity(), "never"));
    }
    TENON_ASSIGN(scores, make.add(ops::Select{}, {seen, scores, never}, "seen_scores"));
  } else if (ir::Value* mask = node.input(ops::kAttentionMask); mask != nullptr) {
    TENON_ASSIGN(scores, make.add(ops::ElementWise{ops::ElementWiseKind::Add}, {scores, mask},
                                  "masked_scores"));
  }
  if (!op.softmax) return scores;
  TENON_ASSIGN(scores, make.add(ops::Softmax{3, false}, {scores}, "weights"));
  // A query that sees nothing has weights that are no numbers.
  if (seen == nullptr || op.causal == CausalKind::UpperLeft) return scores;
  return make.add(ops::Select{}, {seen, scores, none}, "seen_weights");
}

}  // namespace

Status unfold_attention(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const ops::Attention op = *node.as<ops::Attention>();
  ir::Value *query = node.input(ops::kAttentionQuery), *key = node.input(ops::kAttentionKey);
  ir::Value* value = node.input(ops::kAttentionValue);
  if (op.query_form != ops::SequenceForm::Padded || op.key_form != ops::SequenceForm::Padded ||
      op.scale != 1 || node.input(ops::kAttentionKeyLengths) != nullptr) {
    return {};
  }
  const Shape q = query->shape(), k = key->shape(), out = node.output()->shape();
  const auto times = share(q[1], k[1]);
  if (!times) return {};
  Maker make(graph, node, context);
  // Heads that share keys stand one under the other, as more places of one head.
  const Shape joined{q[0], k[1], q[2] * *times, q[3]};
  if (*times != 1) {
    TENON_ASSIGN(query, make.reshape(query, joined, "heads_joined"));
  }
  const ops::MatMul transposed{false, true, {ops::ActivationKind::None, 0, 0}};
  TENON_ASSIGN(ir::Value * scores, make.add(transposed, {query, key}, "scores"));
  const Shape together = scores->shape();
  if (*times != 1) {
    TENON_ASSIGN(scores, make.reshape(scores, {q[0], q[1], q[2], k[2]}, "scores_apart"));
  }
  TENON_ASSIGN(ir::Value * weights, weights_of(make, op, node, scores));
  ++context.changes;
  if (*times == 1) {
    become(graph, node, ops::MatMul{}, {weights, value});
    return {};
  }
  TENON_ASSIGN(weights, make.reshape(weights, together, "weights_joined"));
  TENON_ASSIGN(ir::Value * made, make.add(ops::MatMul{}, {weights, value}, "made"));
  become(graph, node, ops::Reshape{out}, {made});
  return {};
}

}  // namespace tenon::passes
