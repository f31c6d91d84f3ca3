// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Losses, for networks that are exported with theirs.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;
using ops::ElementWise;
using Binary = ops::ElementWiseKind;

/// What a loss is made of: logarithms of probabilities [N, C, …], classes [N, …], weights [C].
struct Loss {
  ir::Value *logs, *target, *weights;
};

/// Weight of every element of the target: of its class, or 1; 0 where it is ignored.
Result<ir::Value*> element_weights(Context& node, const Loss& loss, ir::Value* ignored,
                                   ir::Value* target) {
  const DType dtype = loss.logs->dtype();
  ir::Value* weights = nullptr;
  if (loss.weights != nullptr) {
    TENON_ASSIGN(weights, node.add(ops::Gather{0}, {loss.weights, target}, "weights"));
  } else {
    TENON_ASSIGN(ir::Value * one, node.scalar(dtype, 1, "one"));
    TENON_ASSIGN(weights, node.add(ops::Expand{target->shape()}, {one}, "weights"));
  }
  if (ignored == nullptr) return weights;
  TENON_ASSIGN(ir::Value * none, node.scalar(dtype, 0, "none"));
  return node.add(ops::Select{}, {ignored, none, weights}, "counted");
}

Status reduce_loss(Context& node, ir::Value* losses, ir::Value* weights) {
  TENON_ASSIGN(const size_t reduction, node.choice("reduction", "mean", {"none", "sum", "mean"}));
  if (reduction == 0) return node.finish(ops::Identity{}, {losses});
  ops::Reduce sum{ops::ReduceKind::Sum, {}, false};
  for (size_t i = 0; i < losses->shape().size(); ++i) sum.axes.push_back(static_cast<int64_t>(i));
  if (reduction == 1) return node.finish(sum, {losses});
  TENON_ASSIGN(ir::Value * all, node.add(sum, {losses}, "all"));
  TENON_ASSIGN(ir::Value * weight, node.add(sum, {weights}, "weight"));
  return node.finish(ElementWise{Binary::Div}, {all, weight});
}

/// −logs[class] · weight of every element, reduced as attribute reduction says.
Status likelihood_loss(Context& node, const Loss& loss) {
  const size_t rank = loss.logs->shape().size();
  if (rank < 2 || loss.target->shape().size() != rank - 1) {
    return node.fail(Code::InvalidModel,
                     "input 0 of rank {} and target of rank {} do not suit: they must be [N, C, …] "
                     "and [N, …]",
                     rank, loss.target->shape().size());
  }
  ir::Value *target = loss.target, *ignored = nullptr;
  if (node.has_attribute("ignore_index")) {
    TENON_ASSIGN(const int64_t index, node.integer("ignore_index", 0));
    TENON_ASSIGN(ir::Value * which,
                 node.scalar(target->dtype(), static_cast<double>(index), "which"));
    TENON_ASSIGN(ir::Value * any, node.scalar(target->dtype(), 0, "any"));
    TENON_ASSIGN(ignored, node.add(ElementWise{Binary::Equal}, {target, which}, "ignored"));
    TENON_ASSIGN(target, node.add(ops::Select{}, {ignored, any, target}, "target"));
  }
  expr::Shape column = target->shape();
  column.insert(column.begin() + 1, Expr(1));
  TENON_ASSIGN(ir::Value * classes, node.add(ops::Reshape{column}, {target}, "classes"));
  TENON_ASSIGN(ir::Value * picked,
               node.add(ops::GatherElements{1}, {loss.logs, classes}, "picked"));
  TENON_ASSIGN(ir::Value * logs, node.add(ops::Reshape{target->shape()}, {picked}, "logs"));
  TENON_ASSIGN(ir::Value * negative, node.add(ops::Unary{ops::UnaryKind::Neg}, {logs}, "negative"));
  TENON_ASSIGN(ir::Value * weights, element_weights(node, loss, ignored, target));
  TENON_ASSIGN(ir::Value * losses,
               node.add(ElementWise{Binary::Mul}, {negative, weights}, "losses"));
  return reduce_loss(node, losses, weights);
}

Status import_likelihood(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  return likelihood_loss(node, {node.in(0), node.in(1), node.in(2)});
}

Status import_cross_entropy(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  if (node.rank(0) < 2) return node.fail(Code::InvalidModel, "input 0 is not [N, C, …]");
  TENON_ASSIGN(ir::Value * logs, node.add(ops::Softmax{1, true}, {node.in(0)}, "log_softmax"));
  TENON_TRY(node.output(1, logs));
  return likelihood_loss(node, {logs, node.in(1), node.in(2)});
}

constexpr Row kLossRows[] = {
    {"NegativeLogLikelihoodLoss", 12, kNoEnd, import_likelihood},
    {"SoftmaxCrossEntropyLoss", 12, kNoEnd, import_cross_entropy},
};

}  // namespace

std::span<const Row> loss_rows() { return kLossRows; }

}  // namespace tenon::onnx
