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
};

}  // namespace

std::span<const Row> scatter_rows() { return kScatterRows; }

}  // namespace tenon::onnx
