// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that read and write elements by their indices.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ScatterMode;
using ops::ScatterReduction;

Status import_gather_elements(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  return node.finish(ops::GatherElements{axis}, {node.in(0), node.in(1)});
}

Status import_gather_nd(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const int64_t batch_dims, node.integer("batch_dims", 0));
  return node.finish(ops::GatherNd{batch_dims}, {node.in(0), node.in(1)});
}

Result<ScatterReduction> read_reduction(Context& node) {
  TENON_ASSIGN(const size_t found,
               node.choice("reduction", "none", {"none", "add", "mul", "max", "min"}));
  return static_cast<ScatterReduction>(found);
}

Status import_scatter_elements(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  TENON_ASSIGN(const ScatterReduction reduction, read_reduction(node));
  return node.finish(ops::Scatter{ScatterMode::Elements, axis, reduction},
                     {node.in(0), node.in(1), node.in(2)});
}

Status import_scatter_nd(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_ASSIGN(const ScatterReduction reduction, read_reduction(node));
  return node.finish(ops::Scatter{ScatterMode::Nd, 0, reduction},
                     {node.in(0), node.in(1), node.in(2)});
}

/// Puts an update into each sequence of a cache from the sequence's own place on; "circular" goes
/// on at the beginning.
Status import_tensor_scatter(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -2, node.rank(0)));
  TENON_ASSIGN(const size_t circular, node.choice("mode", "linear", {"linear", "circular"}));
  if (axis == 0 || node.rank(1) != node.rank(0)) {
    return node.fail(Code::InvalidModel,
                     "the cache must have a batch before axis {}, and the rank of the update",
                     axis);
  }
  const auto rank = static_cast<size_t>(node.rank(0)), at = static_cast<size_t>(axis);
  const expr::Shape& update = node.shape(1);
  expr::Shape along(rank, 1);
  along[at] = update[at];
  TENON_ASSIGN(
      ir::Value * places,
      node.add(ops::Fill{ops::FillKind::Linspace, {update[at]}, DType::I64, 0, 1, 0}, {}, "count"));
  TENON_ASSIGN(places, node.add(ops::Reshape{std::move(along)}, {places}, "places"));
  if (node.has(2)) {
    expr::Shape first(rank, 1);
    first[0] = node.shape(2)[0];
    TENON_ASSIGN(ir::Value * start, node.add(ops::Cast{DType::I64}, {node.in(2)}, "start"));
    TENON_ASSIGN(start, node.add(ops::Reshape{std::move(first)}, {start}, "first"));
    TENON_ASSIGN(places, node.add(ops::ElementWise{ops::ElementWiseKind::Add}, {places, start},
                                  "from_first"));
  }
  if (circular == 1) {
    const expr::Expr& extent = node.shape(0)[at];
    if (!extent.is_constant()) {
      return node.fail(Code::Unsupported, "a circular cache needs a fixed extent of axis {}", axis);
    }
    TENON_ASSIGN(ir::Value * end,
                 node.scalar(DType::I64, static_cast<double>(extent.constant()), "end"));
    TENON_ASSIGN(places,
                 node.add(ops::ElementWise{ops::ElementWiseKind::Mod}, {places, end}, "around"));
  }
  TENON_ASSIGN(places, node.add(ops::Expand{update}, {places}, "indices"));
  return node.finish(ops::Scatter{ScatterMode::Elements, axis, ScatterReduction::None},
                     {node.in(0), places, node.in(1)});
}

Status import_reverse_sequence(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const int64_t batch, node.axis("batch_axis", 1, node.rank(0)));
  TENON_ASSIGN(const int64_t time, node.axis("time_axis", 0, node.rank(0)));
  return node.finish(ops::ReverseSequence{batch, time}, {node.in(0), node.in(1)});
}

constexpr Row kScatterRows[] = {
    {"GatherElements", 11, kNoEnd, import_gather_elements},
    {"GatherND", 11, kNoEnd, import_gather_nd},
    {"ReverseSequence", 10, kNoEnd, import_reverse_sequence},
    {"Scatter", 9, 10, import_scatter_elements},
    {"ScatterElements", 11, kNoEnd, import_scatter_elements},
    {"ScatterND", 11, kNoEnd, import_scatter_nd},
    {"TensorScatter", 24, kNoEnd, import_tensor_scatter},
};

}  // namespace

std::span<const Row> scatter_rows() { return kScatterRows; }

}  // namespace tenon::onnx
