// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions.
#include "importers/onnx/operators/window.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

/// The spatial extents of the weights.
Result<Dims> kernel_of(Context& node) {
  if (node.rank(1) != node.rank(0)) {
    return node.fail(Code::InvalidModel,
                     "the weights (\"{}\") have rank {}, but the input has rank {}",
                     node.in(1)->name, node.rank(1), node.rank(0));
  }
  Dims kernel;
  for (size_t i = 2; i < node.shape(1).size(); ++i) {
    if (!node.shape(1)[i].is_constant()) {
      return node.fail(Code::Unsupported, "the weights (\"{}\") have a dynamic shape",
                       node.in(1)->name);
    }
    kernel.push_back(node.shape(1)[i].constant());
  }
  return kernel;
}

Status import_conv(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  TENON_ASSIGN(const Dims kernel, kernel_of(node));
  TENON_ASSIGN(Window window, read_window(node, kernel));
  TENON_ASSIGN(const int64_t groups, node.integer("group", 1));
  ops::Convolution op{window.kernel,    window.strides, window.pads_begin,          window.pads_end,
                      window.dilations, groups,         {ops::ActivationKind::None}};
  std::vector<ir::Value*> inputs{node.in(0), node.in(1)};
  if (node.has(2)) inputs.push_back(node.in(2));
  return node.finish(std::move(op), std::move(inputs));
}

/// A convolution of each channel that sees what came before, and what the next call is to see.
Status import_causal_conv(Context& node) {
  TENON_TRY(node.expect_inputs(2, 4));
  TENON_TRY(node.expect_rank(0, 3));
  TENON_ASSIGN(const Dims kernel, kernel_of(node));
  TENON_ASSIGN(const size_t activation,
               node.choice("activation", "none", {"none", "silu", "swish"}));
  const expr::Shape shape = node.shape(0);
  if (!shape[1].is_constant()) {
    return node.fail(Code::Unsupported, "the number of channels is dynamic: it must be fixed");
  }
  const int64_t before = kernel[0] - 1;
  ir::Value* x = node.in(0);
  if (node.has(3)) {
    TENON_ASSIGN(x, node.add(ops::Concat{2}, {node.in(3), x}, "with_past"));
  } else {
    TENON_ASSIGN(x, node.add(ops::Pad{{0, 0, before}, {0, 0, 0}, ops::PadMode::Constant, 0}, {x},
                             "with_zeros"));
  }
  const ops::Slice last{{0, 0, shape[2]}, {shape[0], shape[1], before}, {1, 1, 1}};
  TENON_ASSIGN(ir::Value * state, node.add(last, {x}, "state"));
  std::vector<ir::Value*> inputs{x, node.in(1)};
  if (node.has(2)) inputs.push_back(node.in(2));
  const ops::Convolution op{
      kernel, {1}, {0}, {0}, {1}, shape[1].constant(), {ops::ActivationKind::None}};
  TENON_ASSIGN(x, node.add(op, std::move(inputs), "sums"));
  if (activation != 0) {
    TENON_ASSIGN(ir::Value * gate,
                 node.add(ops::Activation{ops::ActivationKind::Sigmoid, 0, 0}, {x}, "gate"));
    TENON_ASSIGN(x, node.add(ops::ElementWise{ops::ElementWiseKind::Mul}, {x, gate}, "gated"));
  }
  TENON_TRY(node.output(0, x));
  return node.output(1, state);
}

constexpr Row kConvolutionRows[] = {
    {"CausalConvWithState", 27, kNoEnd, import_causal_conv},
    {"Conv", 1, kNoEnd, import_conv},
};

}  // namespace

std::span<const Row> convolution_rows() { return kConvolutionRows; }

}  // namespace tenon::onnx
