// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention that importers and exporters spell out, as one node.
#include <algorithm>
#include <limits>
#include <optional>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using expr::Expr;
using expr::Shape;
using ops::ElementWiseKind;
using ops::SequenceForm;

constexpr int64_t kMostSize = 128;
constexpr int64_t kSmallSize = 64, kManyKeys = 1024, kManyLongKeys = 128;
constexpr int64_t kFewQueries = 16, kKeysOfQuery = 16;

/// The node that makes `value` by an operator of this struct for `reader` alone.
template <class Struct>
ir::Node* inner(const ir::Value& value, const ir::Node& reader, const PassContext& context) {
  ir::Node* node = value.producer();
  const bool inside =
      node != nullptr && node->as<Struct>() != nullptr && only_reader(context, value) == &reader;
  return inside ? node : nullptr;
}

/// What is spelled out, walked from its end to its beginning.
struct Found {
  ir::Value *query = nullptr, *key = nullptr, *value = nullptr, *mask = nullptr;
  ir::Node *first = nullptr, *last = nullptr;  ///< the product of queries and keys; what is read
  ops::Attention op;
  double scale = 1;
};

/// A plain product of two stacks of matrices.
bool is_matrix_product(const ir::Node& node) {
  const auto* op = node.as<ops::MatMul>();
  return op != nullptr && !op->transpose_a && op->activation.kind == ops::ActivationKind::None &&
         node.inputs().size() == 2 && node.input(0)->shape().size() == 4 &&
         node.input(1)->shape().size() == 4;
}

/// `value` without its multiplication by, or division by, one number that `reader` alone sees.
ir::Value* unscaled(ir::Value* value, const ir::Node*& reader, double& scale,
                    const PassContext& context) {
  const ir::Node* node = inner<ops::ElementWise>(*value, *reader, context);
  if (node == nullptr || node->output()->shape().size() != 4) return value;
  const ElementWiseKind kind = node->as<ops::ElementWise>()->kind;
  for (size_t i = 0; i < 2; ++i) {
    const auto number = only_number(*node->input(1 - i));
    if (!number || node->input(i)->shape() != value->shape()) continue;
    if (kind == ElementWiseKind::Mul) {
      scale *= *number;
    } else if (kind == ElementWiseKind::Div && i == 0 && *number != 0) {
      scale /= *number;
    } else {
      continue;
    }
    reader = node;
    return node->input(i);
  }
  return value;
}

bool is_number(const ir::Value& value, double wanted) { return only_number(value) == wanted; }

/// The weights that `product` multiplies values with, without the zeros that a mask may have put
/// behind the softmax.
const ir::Node* softmax_of(const ir::Node& product, ir::Value*& hidden,
                           const PassContext& context) {
  const ir::Node* reader = &product;
  const ir::Value* weights = product.input(0);
  if (const ir::Node* select = inner<ops::Select>(*weights, product, context)) {
    if (!is_number(*select->input(2), 0)) return nullptr;
    hidden = select->input(0);
    weights = select->input(1);
    reader = select;
  }
  const ir::Node* node = inner<ops::Softmax>(*weights, *reader, context);
  const bool fits = node != nullptr && !node->as<ops::Softmax>()->log &&
                    node->as<ops::Softmax>()->axis == 3 && node->output()->shape().size() == 4;
  return fits ? node : nullptr;
}

/// Takes the mask off the scores that `reader` reads.
ir::Value* unmasked(ir::Value* scores, const ir::Node*& reader, Found& found,
                    const PassContext& context) {
  if (const ir::Node* select = inner<ops::Select>(*scores, *reader, context)) {
    if (!is_number(*select->input(2), -std::numeric_limits<double>::infinity())) return scores;
    found.mask = select->input(0);
    reader = select;
    return select->input(1);
  }
  const ir::Node* add = inner<ops::ElementWise>(*scores, *reader, context);
  if (add == nullptr || add->as<ops::ElementWise>()->kind != ElementWiseKind::Add) return scores;
  for (size_t i = 0; i < 2; ++i) {
    // Scores are made here, masks come from elsewhere.
    const ir::Node* reading = add;
    double scale = 1;
    const ir::Value* product = unscaled(add->input(i), reading, scale, context);
    if (inner<ops::MatMul>(*product, *reading, context) == nullptr) continue;
    found.mask = add->input(1 - i);
    reader = add;
    return add->input(i);
  }
  return scores;
}

/// What a transpose of these axes turns into `value`; else null.
ir::Value* turned(const ir::Value& value, const Dims& axes) {
  const ir::Node* node = value.producer();
  const auto* op = node != nullptr ? node->as<ops::Transpose>() : nullptr;
  return op != nullptr && op->perm == axes ? node->input(0) : nullptr;
}

bool size_fits(const Expr& size) {
  return size.is_constant() && size.constant() >= 8 && size.constant() <= kMostSize &&
         size.constant() % 8 == 0;
}

/// Lets the node read tensors with places before heads as they are.
bool read_in_place(Found& found, bool transposed) {
  const Dims heads_first{0, 2, 1, 3};
  if (ir::Value* query = turned(*found.query, heads_first)) {
    found.query = query;
    found.op.query_form = SequenceForm::PlacesFirst;
  }
  ir::Value* key = turned(*found.key, transposed ? heads_first : Dims{0, 2, 3, 1});
  ir::Value* value = turned(*found.value, heads_first);
  if (key != nullptr && value != nullptr) {
    found.key = key;
    found.value = value;
    found.op.key_form = SequenceForm::PlacesFirst;
    return true;
  }
  if (transposed) return true;
  found.key = turned(*found.key, {0, 1, 3, 2});
  return found.key != nullptr;
}

/// Whether one kernel is faster than the steps apart, by measurements: not where queries are few
/// for so many keys, nor with long vectors unless keys are few.
bool pays(const Expr& queries, const Expr& keys, int64_t size) {
  if (!queries.is_constant() || !keys.is_constant()) return size <= kSmallSize && queries == keys;
  const int64_t many = size <= kSmallSize ? kManyKeys : kManyLongKeys;
  const bool enough = size <= kSmallSize && kKeysOfQuery * queries.constant() >= keys.constant();
  return queries.constant() >= kFewQueries && (keys.constant() <= many || enough);
}

/// Whether the tensors of a found attention are what one node can take: as many heads, and sizes
/// that kernels have.
bool shapes_fit(const Found& found, const ir::Node& scores, const ir::Node& out) {
  const Shape &q = scores.input(0)->shape(), &k = scores.input(1)->shape();
  const Shape &weights = scores.output()->shape(), &v = out.input(1)->shape();
  const bool batches = q[0] == k[0] && q[1] == k[1] && q[0] == v[0] && q[1] == v[1];
  if (!batches || weights[3] != v[2] || !size_fits(q[3]) || !size_fits(v[3])) return false;
  if (!pays(q[2], v[2], std::max(q[3].constant(), v[3].constant()))) return false;
  if (found.mask == nullptr) return true;
  const Shape& mask = found.mask->shape();
  if (mask.size() > 4 ||
      (found.mask->dtype() != DType::Bool && found.mask->dtype() != scores.output()->dtype())) {
    return false;
  }
  for (size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] != weights[4 - mask.size() + i] && mask[i] != Expr(1)) return false;
  }
  return true;
}

/// Numbers of 16 bits, or such that become that: there is a fast kernel for these alone.
bool is_fast(DType type, const PassContext& context) {
  if (type == DType::F32) return context.lower_to.has_value();
  return type == DType::F16 || type == DType::BF16;
}

std::optional<Found> find(ir::Node& root, const PassContext& context) {
  if (!is_matrix_product(root) || root.as<ops::MatMul>()->transpose_b) return std::nullopt;
  if (!is_fast(root.output()->dtype(), context)) return std::nullopt;
  Found found;
  found.last = &root;
  ir::Value* hidden = nullptr;
  const ir::Node* reader = softmax_of(root, hidden, context);
  if (reader == nullptr) return std::nullopt;
  ir::Value* scores = unmasked(reader->input(0), reader, found, context);
  if (hidden != nullptr && hidden != found.mask) return std::nullopt;
  scores = unscaled(scores, reader, found.scale, context);
  found.first = inner<ops::MatMul>(*scores, *reader, context);
  if (found.first == nullptr || !is_matrix_product(*found.first)) return std::nullopt;
  // Of what people look at, lower_precision lowers network outputs that nobody else reads.
  const ir::Value& out = *root.output();
  if (context.pinned(out) && !(out.is_network_output() && out.uses().empty())) return std::nullopt;
  if (!shapes_fit(found, *found.first, root)) return std::nullopt;
  found.query = found.first->input(0);
  found.key = found.first->input(1);
  found.value = root.input(1);
  if (!read_in_place(found, found.first->as<ops::MatMul>()->transpose_b)) return std::nullopt;
  found.op.scale = static_cast<float>(found.scale);
  return found;
}

/// The model's nodes from the product of queries and keys to the root.
std::vector<std::string> sources_between(const Found& found) {
  std::vector<const ir::Node*> row{found.last};
  while (row.back() != found.first) {
    const ir::Node* node = row.back();
    const ir::Node* next = nullptr;
    for (const ir::Value* input : node->inputs()) {
      const ir::Node* maker = input == found.mask ? nullptr : input->producer();
      const bool inside = maker != nullptr && input->constant() == nullptr &&
                          (maker == found.first || maker->as<ops::Softmax>() ||
                           maker->as<ops::ElementWise>() || maker->as<ops::Select>());
      if (inside && next == nullptr) next = maker;
    }
    if (next == nullptr) break;
    row.push_back(next);
  }
  std::vector<std::string> sources;
  for (auto node = row.rbegin(); node != row.rend(); ++node)
    append_sources(sources, sources_of(**node));
  return sources;
}

/// The mask with four axes.
Result<ir::Value*> mask_of(ir::Graph& graph, const Found& found, PassContext& context) {
  if (found.mask == nullptr || found.mask->shape().size() == 4) return found.mask;
  const Shape& own = found.mask->shape();
  Shape shape(4 - own.size(), 1);
  shape.insert(shape.end(), own.begin(), own.end());
  TENON_ASSIGN(ir::Node * made, graph.insert(found.last, ops::Reshape{shape}, {found.mask},
                                             found.last->name + "/mask", context.diag));
  made->sources = sources_of(*found.last);
  return made->output();
}

Status replace(ir::Graph& graph, const Found& found, PassContext& context) {
  TENON_ASSIGN(ir::Value * mask, mask_of(graph, found, context));
  std::vector<ir::Value*> inputs{found.query, found.key, found.value};
  if (mask != nullptr) inputs.push_back(mask);
  TENON_ASSIGN(ir::Node * made, graph.insert(found.last, found.op, inputs, "", context.diag));
  made->sources = sources_between(found);
  made->name = fused_name(made->sources);
  ir::Value* result = made->output();
  if (found.op.query_form == SequenceForm::PlacesFirst) {
    TENON_ASSIGN(ir::Node * turn, graph.insert(found.last, ops::Transpose{{0, 2, 1, 3}}, {result},
                                               found.last->name + "/heads_first", context.diag));
    turn->sources = sources_of(*found.last);
    result = turn->output();
  }
  supplant(graph, found.last->output(), result);
  // Results are mostly turned back: then nothing is turned at all.
  for (const ir::Use& use : std::vector<ir::Use>(result->uses())) {
    const auto* op = use.node->as<ops::Transpose>();
    if (result == made->output() || op == nullptr || op->perm != Dims{0, 2, 1, 3}) continue;
    if (!context.pinned(*use.node->output())) supplant(graph, use.node->output(), made->output());
  }
  ++context.changes;
  return {};
}

}  // namespace

Status recognise_attention(ir::Graph& graph, PassContext& context) {
  for (ir::Node* root : nodes_of<ops::MatMul>(graph)) {
    if (const auto found = find(*root, context)) TENON_TRY(replace(graph, *found, context));
  }
  return {};
}

}  // namespace tenon::passes
