// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Aligning the second input as opsets before 7 say.
#include "importers/onnx/operators/element_wise.h"

namespace tenon::onnx {

namespace {

/// Input 1, with axes of one element behind it so that its first axis is `axis` of input 0.
Result<ir::Value*> aligned(Context& node) {
  TENON_ASSIGN(const int64_t broadcast, node.integer("broadcast", 0));
  if (broadcast == 0 || !node.has_attribute("axis")) return node.in(1);
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  const int64_t behind = node.rank(0) - axis - node.rank(1);
  if (behind < 0) {
    return node.fail(Code::InvalidModel,
                     "input 1 of rank {} does not fit input 0 of rank {} at axis "
                     "{}",
                     node.rank(1), node.rank(0), axis);
  }
  if (behind == 0) return node.in(1);
  expr::Shape target = node.shape(1);
  target.insert(target.end(), static_cast<size_t>(behind), expr::Expr(1));
  return node.add(ops::Reshape{std::move(target)}, {node.in(1)}, "aligned");
}

}  // namespace

Status import_element_wise(Context& node, ops::ElementWiseKind kind) {
  TENON_TRY(node.expect_inputs(2, 2));
  ir::Value* second = node.in(1);
  if (node.opset() < 7) {
    TENON_ASSIGN(second, aligned(node));
  }
  return node.finish(ops::ElementWise{kind}, {node.in(0), second});
}

}  // namespace tenon::onnx
