// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions and transposed ones.
#include "importers/uff/operators/window.h"
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

using expr::Expr;

/// What both kinds have: x [N, C, spatial…], filters [K, C, spatial…], the data's axes in the file.
struct Operands {
  ir::Value *x = nullptr, *filters = nullptr;
  Dims axes;
  std::vector<int64_t> shape;  ///< of the filters
  Dims kernel;
};

Result<Operands> read_operands(Context& node) {
  Operands found;
  Dims filter_axes;
  TENON_ASSIGN(found.x, node.in_main(0, found.axes));
  TENON_ASSIGN(found.filters, node.in_main(1, filter_axes));
  const expr::Shape& filters = found.filters->shape();
  const size_t rank = found.x->shape().size();
  if (rank < 3 || filters.size() != rank) {
    return node.fail(Code::InvalidModel,
                     "convolves an input of rank {} with filters of rank {}: both need batch or "
                     "outputs, channels and spatial axes",
                     rank, filters.size());
  }
  const auto dims = expr::to_dims(filters);
  if (!dims) return node.fail(Code::Unsupported, "has filters of a dynamic shape");
  found.shape.assign(dims->begin(), dims->end());
  for (int i = 2; i < dims->rank(); ++i) found.kernel.push_back((*dims)[i]);
  return found;
}

/// Filters of a convolution of every channel alone are kept as [multiplier, channels, spatial…].
Result<ir::Value*> by_group(Context& node, const Operands& operands, int64_t groups) {
  const std::vector<int64_t>& shape = operands.shape;
  if (groups == 1 || shape[1] != groups) return operands.filters;
  Dims swap{1, 0};
  expr::Shape target{Expr(shape[0] * shape[1]), Expr(1)};
  for (size_t i = 2; i < shape.size(); ++i) {
    swap.push_back(static_cast<int64_t>(i));
    target.emplace_back(shape[i]);
  }
  TENON_ASSIGN(ir::Value * swapped, node.transpose(operands.filters, swap, "channels"));
  return node.add(ops::Reshape{std::move(target)}, {swapped}, "filters");
}

Result<int64_t> read_groups(Context& node) {
  TENON_ASSIGN(const int64_t groups, node.integer("number_groups", 1));
  if (groups >= 1 && groups <= INT32_MAX) return groups;
  return node.fail(Code::InvalidModel, "field number_groups is {}, but must be at least 1", groups);
}

Status import_conv(Context& node) {
  TENON_TRY(node.expect_inputs(2));
  TENON_ASSIGN(const Operands operands, read_operands(node));
  TENON_ASSIGN(const Window window, read_window(node, *operands.x, operands.kernel));
  TENON_ASSIGN(const int64_t groups, read_groups(node));
  TENON_ASSIGN(ir::Value * filters, by_group(node, operands, groups));
  ops::Convolution op{window.kernel,    window.strides, window.pads_begin,          window.pads_end,
                      window.dilations, groups,         {ops::ActivationKind::None}};
  return node.finish_main(std::move(op), {operands.x, filters}, operands.axes,
                          node.inputs()[0].stored);
}

/// The extents that input 2 gives the output, in the file's axes.
Status fit_output(Context& node, const Operands& operands, Window& window) {
  TENON_ASSIGN(const std::vector<int64_t> wanted, node.numbers(2, "the output's shape"));
  if (wanted.size() != static_cast<size_t>(operands.axes.rank())) {
    return node.fail(Code::InvalidModel, "is to have an output of rank {}, but its input has {}",
                     wanted.size(), operands.axes.rank());
  }
  for (int axis = 0; axis < operands.axes.rank(); ++axis) {
    const auto main = static_cast<size_t>(operands.axes[axis]);
    if (main < 2) continue;
    const int i = static_cast<int>(main) - 2;
    const Expr& extent = operands.x->shape()[main];
    if (!extent.is_constant()) {
      return node.fail(Code::Unsupported, "spatial axis {} of its input is dynamic: fix it", i);
    }
    const int64_t full = (extent.constant() - 1) * window.strides[i] +
                         (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t pads = full - wanted[static_cast<size_t>(axis)];
    if (wanted[static_cast<size_t>(axis)] < 1 || pads < -window.strides[i]) {
      return node.fail(Code::InvalidModel,
                       "cannot make {} elements along spatial axis {}: there are {} at most",
                       wanted[static_cast<size_t>(axis)], i, full);
    }
    // Where the window leaves elements out at the end, pads behind are negative: zeros are added.
    window.pads_begin[i] = std::max<int64_t>(pads, 0) / 2;
    window.pads_end[i] = pads - window.pads_begin[i];
  }
  return {};
}

Status import_conv_transpose(Context& node) {
  TENON_TRY(node.expect_inputs(3));
  TENON_ASSIGN(const Operands operands, read_operands(node));
  TENON_ASSIGN(Window window, read_window(node, *operands.x, operands.kernel));
  TENON_ASSIGN(const int64_t groups, read_groups(node));
  TENON_TRY(fit_output(node, operands, window));
  Dims swap{1, 0};
  for (int axis = 2; axis < operands.axes.rank(); ++axis) swap.push_back(axis);
  TENON_ASSIGN(ir::Value * filters, node.transpose(operands.filters, swap, "filters"));
  ops::Deconvolution op{window.kernel,   window.strides,   window.pads_begin,
                        window.pads_end, window.dilations, groups};
  return node.finish_main(std::move(op), {operands.x, filters}, operands.axes,
                          node.inputs()[0].stored);
}

constexpr Row kConvolutionRows[] = {
    {"Conv", import_conv},
    {"ConvTranspose", import_conv_transpose},
};

}  // namespace

std::span<const Row> convolution_rows() { return kConvolutionRows; }

}  // namespace tenon::uff
