// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions of small integers. They are summed as f64, which holds every sum exactly.
#include "importers/onnx/operators/quantization.h"
#include "importers/onnx/operators/window.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ElementWise;
using Binary = ops::ElementWiseKind;

/// `vector` as f64; one with an entry an output channel gets axes of one element, `behind` of them.
Result<ir::Value*> along_channels(Context& node, size_t i, int64_t behind, std::string_view role) {
  ir::Value* vector = node.in(i);
  TENON_ASSIGN(vector, node.add(ops::Cast{DType::F64}, {vector}, fmt::format("{}_real", role)));
  expr::Shape target;
  const bool single = vector->shape().empty() ||
                      (vector->shape().size() == 1 && vector->shape()[0] == expr::Expr(1));
  if (!single) {
    TENON_TRY(node.expect_rank(i, 1));
    target.assign(static_cast<size_t>(behind) + 1, expr::Expr(1));
    target[0] = vector->shape()[0];
  }
  return node.add(ops::Reshape{std::move(target)}, {vector}, role);
}

/// Input `i` as f64 less its zero point, which may be absent.
Result<ir::Value*> centred(Context& node, size_t i, size_t zero, std::string_view role) {
  TENON_ASSIGN(ir::Value * real,
               node.add(ops::Cast{DType::F64}, {node.in(i)}, fmt::format("{}_real", role)));
  if (!node.has(zero)) return real;
  TENON_ASSIGN(ir::Value * offset,
               along_channels(node, zero, node.rank(i) - 1, fmt::format("{}_zero", role)));
  return node.add(ElementWise{Binary::Sub}, {real, offset}, role);
}

/// The positions of a convolution's inputs.
struct Inputs {
  size_t x, x_zero, w, w_zero, bias;
};

Result<ir::Value*> convolved(Context& node, const Inputs& at) {
  if (node.rank(at.w) != node.rank(at.x)) {
    return node.fail(Code::InvalidModel, "the weights have rank {}, but the input has rank {}",
                     node.rank(at.w), node.rank(at.x));
  }
  Dims kernel;
  for (size_t i = 2; i < node.shape(at.w).size(); ++i) {
    const expr::Expr& extent = node.shape(at.w)[i];
    if (!extent.is_constant()) return node.fail(Code::Unsupported, "the weights' shape is dynamic");
    kernel.push_back(extent.constant());
  }
  TENON_ASSIGN(const Window window, read_window(node, kernel));
  TENON_ASSIGN(const int64_t groups, node.integer("group", 1));
  TENON_ASSIGN(ir::Value * x, centred(node, at.x, at.x_zero, "x"));
  TENON_ASSIGN(ir::Value * w, centred(node, at.w, at.w_zero, "w"));
  std::vector<ir::Value*> inputs{x, w};
  if (node.has(at.bias)) {
    TENON_ASSIGN(ir::Value * bias,
                 node.add(ops::Cast{DType::F64}, {node.in(at.bias)}, "bias_real"));
    inputs.push_back(bias);
  }
  ops::Convolution op{window.kernel,    window.strides, window.pads_begin,          window.pads_end,
                      window.dilations, groups,         {ops::ActivationKind::None}};
  return node.add(std::move(op), std::move(inputs), "sums");
}

Status import_conv_integer(Context& node) {
  TENON_TRY(node.expect_inputs(2, 4));
  constexpr size_t kNone = 4;
  TENON_ASSIGN(ir::Value * sums, convolved(node, {0, 2, 1, 3, kNone}));
  return node.finish(ops::Cast{DType::I32}, {sums});
}

Status import_q_linear_conv(Context& node) {
  TENON_TRY(node.expect_inputs(8, 9));
  enum Input : size_t { kX, kScaleX, kZeroX, kW, kScaleW, kZeroW, kScaleY, kZeroY, kBias };
  TENON_ASSIGN(ir::Value * sums, convolved(node, {kX, kZeroX, kW, kZeroW, kBias}));
  TENON_ASSIGN(ir::Value * scale_x, along_channels(node, kScaleX, 0, "scale_x"));
  TENON_ASSIGN(ir::Value * scale_w, along_channels(node, kScaleW, node.rank(kX) - 2, "scale_w"));
  TENON_ASSIGN(ir::Value * scale_y, along_channels(node, kScaleY, 0, "scale_y"));
  TENON_ASSIGN(ir::Value * scale,
               node.add(ElementWise{Binary::Mul}, {scale_x, scale_w}, "scale_xw"));
  TENON_ASSIGN(scale, node.add(ElementWise{Binary::Div}, {scale, scale_y}, "scale"));
  TENON_ASSIGN(ir::Value * scaled, node.add(ElementWise{Binary::Mul}, {sums, scale}, "scaled"));
  TENON_ASSIGN(ir::Value * made,
               quantised(node, scaled, node.in(kZeroY), node.dtype(kZeroY), "quantised"));
  return node.output(0, made);
}

constexpr Row kQuantizedConvolutionRows[] = {
    {"ConvInteger", 10, kNoEnd, import_conv_integer},
    {"QLinearConv", 10, kNoEnd, import_q_linear_conv},
};

}  // namespace

std::span<const Row> quantized_convolution_rows() { return kQuantizedConvolutionRows; }

}  // namespace tenon::onnx
