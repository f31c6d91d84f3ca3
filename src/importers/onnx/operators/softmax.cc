// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and its logarithm.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

template <bool log>
Status import_softmax_13(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  return node.finish(ops::Softmax{axis, log}, {node.in(0)});
}

/// Before opset 13 all axes from `axis` on count as one.
Status import_flattened(Context& node, bool log) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  if (axis == node.rank(0) - 1) return node.finish(ops::Softmax{axis, log}, {node.in(0)});
  const expr::Shape shape = node.shape(0);
  expr::Shape flat(shape.begin(), shape.begin() + axis);
  flat.push_back(expr::volume({shape.begin() + axis, shape.end()}));
  TENON_ASSIGN(ir::Value * rows, node.add(ops::Reshape{std::move(flat)}, {node.in(0)}, "flat"));
  TENON_ASSIGN(ir::Value * softmax, node.add(ops::Softmax{axis, log}, {rows}, "softmax"));
  return node.finish(ops::Reshape{shape}, {softmax});
}

template <bool log>
Status import_softmax_1(Context& node) {
  return import_flattened(node, log);
}

constexpr Row kSoftmaxRows[] = {
    {"LogSoftmax", 1, 12, import_softmax_1<true>},
    {"LogSoftmax", 13, kNoEnd, import_softmax_13<true>},
    {"Softmax", 1, 12, import_softmax_1<false>},
    {"Softmax", 13, kNoEnd, import_softmax_13<false>},
};

}  // namespace

std::span<const Row> softmax_rows() { return kSoftmaxRows; }

}  // namespace tenon::onnx
