// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions along axes.
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

Status import_reduce(Context& node) {
  constexpr ops::ReduceKind kKinds[] = {ops::ReduceKind::Sum, ops::ReduceKind::Prod,
                                        ops::ReduceKind::Max, ops::ReduceKind::Min,
                                        ops::ReduceKind::Mean};
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(const size_t func, node.choice("func", {"sum", "prod", "max", "min", "mean"}));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(std::vector<int64_t> list, node.integers("axes"));
  const auto rank = static_cast<int64_t>(x->shape().size());
  for (int64_t axis = 0; !node.has("axes") && axis < rank; ++axis) list.push_back(axis);
  TENON_ASSIGN(const Dims axes, node.normal_axes(std::move(list), rank));
  TENON_ASSIGN(const bool keep, node.boolean("keepdims", false));
  return node.finish(ops::Reduce{kKinds[func], axes, keep}, {x});
}

/// The place of the greatest or smallest element along an axis, which goes.
Status find_extreme(Context& node, bool largest) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(const int64_t given, node.integer("axis", 0));
  TENON_ASSIGN(const int64_t axis,
               node.normal_axis(given, static_cast<int64_t>(x->shape().size())));
  ops::TopK op;
  op.axis = axis;
  op.largest = largest;
  op.indices = DType::I32;
  TENON_ASSIGN(ir::Value * values, node.add(std::move(op), {x}, "found"));
  return node.finish(ops::Squeeze{{axis}}, {values->producer()->output(1)});
}

Status import_arg_max(Context& node) { return find_extreme(node, true); }
Status import_arg_min(Context& node) { return find_extreme(node, false); }

constexpr Row kReductionRows[] = {
    {"ArgMax", import_arg_max},
    {"ArgMin", import_arg_min},
    {"Reduce", import_reduce},
};

}  // namespace

std::span<const Row> reduction_rows() { return kReductionRows; }

}  // namespace tenon::uff
