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

enum LinearInput : size_t { kX, kScaleX, kZeroX, kW, kScaleW, kZeroW, kScaleY, kZeroY, kBias };

/// What input `i` stands for, in f32; scale and zero point are the two inputs behind it.
Result<ir::Value*> as_real(Context& node, size_t i, std::string_view role) {
  const bool single = node.rank(i + 1) == 0 || node.shape(i + 1)[0] == expr::Expr(1);
  return node.add(ops::Dequantize{single ? -1 : 0, DType::F32},
                  {node.in(i), node.in(i + 1), node.in(i + 2)}, role);
}

/// The same as a real convolution between conversions, which the passes make one of integers.
Status import_real_conv(Context& node) {
  Dims kernel;
  for (int i = 2; i < node.in(kW)->constant()->dims().rank(); ++i) {
    kernel.push_back(node.in(kW)->constant()->dims()[i]);
  }
  TENON_ASSIGN(const Window window, read_window(node, kernel));
  TENON_ASSIGN(const int64_t groups, node.integer("group", 1));
  TENON_ASSIGN(ir::Value * x, as_real(node, kX, "x"));
  TENON_ASSIGN(ir::Value * w, as_real(node, kW, "w"));
  std::vector<ir::Value*> inputs{x, w};
  if (node.has(kBias)) {
    TENON_ASSIGN(ir::Value * scale,
                 node.add(ElementWise{Binary::Mul}, {node.in(kScaleX), node.in(kScaleW)}, "scale"));
    const bool single = expr::volume(scale->shape()) == expr::Expr(1);
    TENON_ASSIGN(ir::Value * bias, node.add(ops::Dequantize{single ? -1 : 0, DType::F32},
                                            {node.in(kBias), scale}, "bias"));
    inputs.push_back(bias);
  }
  ops::Convolution op{window.kernel,    window.strides, window.pads_begin,          window.pads_end,
                      window.dilations, groups,         {ops::ActivationKind::None}};
  TENON_ASSIGN(ir::Value * sums, node.add(std::move(op), std::move(inputs), "real"));
  return node.finish(ops::Quantize{-1, node.dtype(kZeroY)},
                     {sums, node.in(kScaleY), node.in(kZeroY)});
}

/// True if weights and grids are known, with one grid each for input and output.
bool is_usual(Context& node) {
  for (const size_t i : {size_t{kW}, size_t{kScaleW}, size_t{kZeroW}}) {
    if (node.in(i)->constant() == nullptr) return false;
  }
  for (const size_t i : {size_t{kScaleX}, size_t{kZeroX}, size_t{kScaleY}, size_t{kZeroY}}) {
    if (!(expr::volume(node.shape(i)) == expr::Expr(1)) || node.rank(i) > 1) return false;
  }
  return node.rank(kScaleW) <= 1 && node.rank(kZeroW) <= 1 && node.rank(kW) == node.rank(kX) &&
         node.dtype(kScaleX) == DType::F32;
}

Status import_q_linear_conv(Context& node) {
  TENON_TRY(node.expect_inputs(8, 9));
  if (is_usual(node)) return import_real_conv(node);
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
