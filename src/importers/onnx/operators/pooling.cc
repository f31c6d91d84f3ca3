// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pooling over windows and over all spatial axes.
#include "importers/onnx/operators/window.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ElementWise;
using ops::ElementWiseKind;

Result<ops::Pooling> read_pooling(Context& node, ops::PoolingKind kind) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const Window window, read_window(node, {}));
  TENON_ASSIGN(const int64_t ceil_mode, node.integer("ceil_mode", 0));
  TENON_ASSIGN(const int64_t count_include_pad, node.integer("count_include_pad", 0));
  return ops::Pooling{kind,
                      window.kernel,
                      window.strides,
                      window.pads_begin,
                      window.pads_end,
                      window.dilations,
                      ceil_mode != 0,
                      kind == ops::PoolingKind::Average && count_include_pad != 0};
}

template <ops::PoolingKind kind>
Status import_pool(Context& node) {
  TENON_TRY(node.expect_outputs(1));  // a second one would be the places of the maxima
  TENON_ASSIGN(ops::Pooling op, read_pooling(node, kind));
  return node.finish(std::move(op), {node.in(0)});
}

/// (sum of |x|^p over the window)^(1/p), by way of the average with padding counted.
Status import_lp_pool(Context& node) {
  TENON_ASSIGN(ops::Pooling op, read_pooling(node, ops::PoolingKind::Average));
  TENON_ASSIGN(const int64_t p, node.integer("p", 2));
  if (p < 1) return node.fail(Code::InvalidModel, "attribute p is {}, but must be at least 1", p);
  if (op.ceil_mode) {
    return node.fail(Code::Unsupported, "ceil_mode is not supported: give explicit pads instead");
  }
  op.count_include_pad = true;
  const auto elements = static_cast<double>(op.kernel.volume());
  const DType dtype = node.dtype(0);
  TENON_ASSIGN(ir::Value * power, node.scalar(dtype, static_cast<double>(p), "p"));
  TENON_ASSIGN(ir::Value * root, node.scalar(dtype, 1.0 / static_cast<double>(p), "root"));
  TENON_ASSIGN(ir::Value * count, node.scalar(dtype, elements, "count"));
  TENON_ASSIGN(ir::Value * size, node.add(ops::Unary{ops::UnaryKind::Abs}, {node.in(0)}, "size"));
  TENON_ASSIGN(ir::Value * powers,
               node.add(ElementWise{ElementWiseKind::Pow}, {size, power}, "powers"));
  TENON_ASSIGN(ir::Value * mean, node.add(std::move(op), {powers}, "mean"));
  TENON_ASSIGN(ir::Value * sum, node.add(ElementWise{ElementWiseKind::Mul}, {mean, count}, "sum"));
  return node.finish(ElementWise{ElementWiseKind::Pow}, {sum, root});
}

Status reduce_spatial(Context& node, ops::ReduceKind kind) {
  TENON_TRY(node.expect_inputs(1, 1));
  if (node.rank(0) < 3) {
    return node.fail(Code::InvalidModel,
                     "input 0 has rank {}, but must have a batch, a channel and spatial axes",
                     node.rank(0));
  }
  Dims axes;
  for (int64_t axis = 2; axis < node.rank(0); ++axis) axes.push_back(axis);
  return node.finish(ops::Reduce{kind, axes, true}, {node.in(0)});
}

template <ops::ReduceKind kind>
Status import_global_pool(Context& node) {
  return reduce_spatial(node, kind);
}

Status import_global_lp_pool(Context& node) {
  TENON_ASSIGN(const int64_t p, node.integer("p", 2));
  if (p == 1 || p == 2) {
    return reduce_spatial(node, p == 1 ? ops::ReduceKind::L1 : ops::ReduceKind::L2);
  }
  return node.fail(Code::Unsupported, "attribute p is {}; supported are 1 and 2", p);
}

constexpr Row kPoolingRows[] = {
    {"AveragePool", 1, kNoEnd, import_pool<ops::PoolingKind::Average>},
    {"GlobalAveragePool", 1, kNoEnd, import_global_pool<ops::ReduceKind::Mean>},
    {"GlobalLpPool", 2, kNoEnd, import_global_lp_pool},
    {"GlobalMaxPool", 1, kNoEnd, import_global_pool<ops::ReduceKind::Max>},
    {"LpPool", 2, kNoEnd, import_lp_pool},
    {"MaxPool", 1, kNoEnd, import_pool<ops::PoolingKind::Max>},
};

}  // namespace

std::span<const Row> pooling_rows() { return kPoolingRows; }

}  // namespace tenon::onnx
