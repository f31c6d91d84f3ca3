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

constexpr Row kConvolutionRows[] = {
    {"Conv", 1, kNoEnd, import_conv},
};

}  // namespace

std::span<const Row> convolution_rows() { return kConvolutionRows; }

}  // namespace tenon::onnx
