// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions over axes.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using Kind = ops::ReduceKind;

/// `axes_input`: the axes are input 1 rather than an attribute.
Status reduce(Context& node, Kind kind, bool axes_input) {
  TENON_TRY(node.expect_inputs(1, axes_input ? 2 : 1));
  std::vector<int64_t> axes;
  if (axes_input && node.has(1)) {
    TENON_ASSIGN(axes, node.numbers(1, "the axes"));
  } else if (!axes_input) {
    TENON_ASSIGN(axes, node.integers("axes"));
  }
  TENON_ASSIGN(const int64_t keep_dims, node.integer("keepdims", 1));
  TENON_ASSIGN(const int64_t no_op, node.integer("noop_with_empty_axes", 0));
  if (axes.empty() && no_op == 0) {
    for (int64_t axis = 0; axis < node.rank(0); ++axis) axes.push_back(axis);
  }
  TENON_ASSIGN(axes, node.normal_axes(std::move(axes), node.rank(0)));
  TENON_ASSIGN(const Dims dims, node.dims(axes, "the list of axes"));
  return node.finish(ops::Reduce{kind, dims, keep_dims != 0}, {node.in(0)});
}

template <Kind kind, bool axes_input>
Status import_reduce(Context& node) {
  return reduce(node, kind, axes_input);
}

constexpr Row kReductionRows[] = {
    {"ReduceL1", 1, 17, import_reduce<Kind::L1, false>},
    {"ReduceL1", 18, kNoEnd, import_reduce<Kind::L1, true>},
    {"ReduceL2", 1, 17, import_reduce<Kind::L2, false>},
    {"ReduceL2", 18, kNoEnd, import_reduce<Kind::L2, true>},
    {"ReduceLogSum", 1, 17, import_reduce<Kind::LogSum, false>},
    {"ReduceLogSum", 18, kNoEnd, import_reduce<Kind::LogSum, true>},
    {"ReduceLogSumExp", 1, 17, import_reduce<Kind::LogSumExp, false>},
    {"ReduceLogSumExp", 18, kNoEnd, import_reduce<Kind::LogSumExp, true>},
    {"ReduceMax", 1, 17, import_reduce<Kind::Max, false>},
    {"ReduceMax", 18, kNoEnd, import_reduce<Kind::Max, true>},
    {"ReduceMean", 1, 17, import_reduce<Kind::Mean, false>},
    {"ReduceMean", 18, kNoEnd, import_reduce<Kind::Mean, true>},
    {"ReduceMin", 1, 17, import_reduce<Kind::Min, false>},
    {"ReduceMin", 18, kNoEnd, import_reduce<Kind::Min, true>},
    {"ReduceProd", 1, 17, import_reduce<Kind::Prod, false>},
    {"ReduceProd", 18, kNoEnd, import_reduce<Kind::Prod, true>},
    {"ReduceSum", 1, 12, import_reduce<Kind::Sum, false>},
    {"ReduceSum", 13, kNoEnd, import_reduce<Kind::Sum, true>},
    {"ReduceSumSquare", 1, 17, import_reduce<Kind::SumSquare, false>},
    {"ReduceSumSquare", 18, kNoEnd, import_reduce<Kind::SumSquare, true>},
};

}  // namespace

std::span<const Row> reduction_rows() { return kReductionRows; }

}  // namespace tenon::onnx
