// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that put elements back to where windows or grids took them from.
#include <algorithm>

#include "importers/onnx/operators/window.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// Of an axis, and of a constant that is made up here: what is beyond is no honest image.
constexpr int64_t kMostExtent = 1 << 16, kMostPlaces = int64_t{16} << 20;

bool is_extent(int64_t number) { return number > 0 && number <= kMostExtent; }

/// Zeros behind the last elements of axis 2 and later ones; null where none are needed.
Result<ir::Value*> padded_to(Context& node, ir::Value* x, const expr::Shape& shape) {
  ops::Pad pad;
  bool some = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const Expr missing = shape[i] - x->shape()[i];
    if (!missing.is_constant() || missing.constant() < 0) {
      return node.fail(Code::Unsupported,
                       "axis {} of the output is asked to be of extent {}, but the elements need "
                       "{}",
                       i, expr::to_string(shape[i], node.session().graph.symbols()),
                       expr::to_string(x->shape()[i], node.session().graph.symbols()));
    }
    pad.begin.push_back(0);
    pad.end.push_back(missing.constant());
    some = some || missing.constant() > 0;
  }
  if (!some) return x;
  return node.add(pad, {x}, "whole");
}

Expr volume_of(const expr::Shape& shape) {
  Expr volume = 1;
  for (const Expr& extent : shape) volume = volume * extent;
  return volume;
}

/// Writes each element to its place among zeros.
Status import_max_unpool(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  TENON_ASSIGN(const Window window, read_window(node, {}));
  expr::Shape shape = node.shape(0);
  for (int i = 0; i < window.kernel.rank(); ++i) {
    Expr& extent = shape[static_cast<size_t>(i) + 2];
    extent = (extent - 1) * window.strides[i] + window.kernel[i] - window.pads_begin[i] -
             window.pads_end[i];
  }
  const Expr places = volume_of(shape), count = volume_of(node.shape(0));
  TENON_ASSIGN(ir::Value * zero, node.scalar(node.dtype(0), 0, "zero"));
  TENON_ASSIGN(ir::Value * x, node.add(ops::Expand{{places}}, {zero}, "zeros"));
  TENON_ASSIGN(ir::Value * index, node.add(ops::Reshape{{count}}, {node.in(1)}, "indices"));
  TENON_ASSIGN(ir::Value * values, node.add(ops::Reshape{{count}}, {node.in(0)}, "values"));
  TENON_ASSIGN(x, node.add(ops::Scatter{ops::ScatterMode::Elements, 0, ops::ScatterReduction::None},
                           {x, index, values}, "put"));
  TENON_ASSIGN(x, node.add(ops::Reshape{shape}, {x}, "shaped"));
  if (node.has(2)) {
    TENON_ASSIGN(const ops::Content wanted, node.content(2, "the output's shape"));
    if (wanted.size() != shape.size()) {
      return node.fail(Code::InvalidModel, "the output's shape has {} extents, the input {}",
                       wanted.size(), shape.size());
    }
    TENON_ASSIGN(x, padded_to(node, x, {wanted.begin(), wanted.end()}));
  }
  return node.finish(ops::Identity{}, {x});
}

/// What Col2Im is told; one entry a spatial axis.
struct Fold {
  Dims image, block, strides, dilations, pads_begin, pads_end, count;
};

Result<Fold> read_fold(Context& node) {
  Fold fold;
  TENON_ASSIGN(const auto image, node.numbers(1, "the image's shape"));
  TENON_ASSIGN(const auto block, node.numbers(2, "the block's shape"));
  constexpr size_t kMostAxes = 3;
  if (image.size() != block.size() || image.empty() || image.size() > kMostAxes) {
    return node.fail(Code::Unsupported, "an image of {} axes is made of blocks of {}; 1 to {} work",
                     image.size(), block.size(), kMostAxes);
  }
  if (!std::ranges::all_of(image, is_extent) || !std::ranges::all_of(block, is_extent)) {
    return node.fail(Code::InvalidModel, "extents of image and block must be 1 to {}", kMostExtent);
  }
  const size_t axes = image.size();
  TENON_ASSIGN(fold.image, node.dims(image, "the image's shape"));
  TENON_ASSIGN(fold.block, node.dims(block, "the block's shape"));
  TENON_ASSIGN(fold.strides, read_per_axis(node, "strides", axes, 1, 1));
  TENON_ASSIGN(fold.dilations, read_per_axis(node, "dilations", axes, 1, 1));
  TENON_ASSIGN(const Dims pads, read_per_axis(node, "pads", 2 * axes, 0, 0));
  for (int i = 0; i < fold.image.rank(); ++i) {
    fold.pads_begin.push_back(pads[i]);
    fold.pads_end.push_back(pads[i + fold.image.rank()]);
    const int64_t span = (fold.block[i] - 1) * fold.dilations[i] + 1;
    const int64_t room = fold.image[i] + fold.pads_begin[i] + fold.pads_end[i] - span;
    if (room < 0 || room >= kMostExtent) {
      return node.fail(Code::InvalidModel,
                       "blocks of {} do not fit axis {} of the image, which has {}", fold.block[i],
                       i, fold.image[i]);
    }
    fold.count.push_back(room / fold.strides[i] + 1);
  }
  return fold;
}

/// A transposed convolution, each input channel of which has one element of the block.
Status import_col2im(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_TRY(node.expect_rank(0, 3));
  TENON_ASSIGN(const Fold fold, read_fold(node));
  const int64_t size = fold.block.volume();
  const Expr &rows = node.shape(0)[1], &columns = node.shape(0)[2];
  const bool fits = rows.is_constant() && rows.constant() % size == 0 && columns.is_constant() &&
                    columns.constant() == fold.count.volume();
  if (!fits) {
    return node.fail(Code::InvalidModel,
                     "the input has {} x {} elements an image, but blocks of {} elements at {} "
                     "places are asked for",
                     expr::to_string(rows, node.session().graph.symbols()),
                     expr::to_string(columns, node.session().graph.symbols()), size,
                     fold.count.volume());
  }
  if (rows.constant() > kMostPlaces / size) {
    return node.fail(Code::Unsupported, "{} rows of blocks of {} elements are too many",
                     rows.constant(), size);
  }
  expr::Shape apart{node.shape(0)[0], rows};
  Dims weight_dims{rows.constant(), 1};
  expr::Shape shape{node.shape(0)[0], Expr(rows.constant() / size)};
  ops::Deconvolution op{fold.block,    fold.strides,   fold.pads_begin,
                        fold.pads_end, fold.dilations, rows.constant() / size};
  for (int i = 0; i < fold.image.rank(); ++i) {
    apart.emplace_back(fold.count[i]);
    weight_dims.push_back(fold.block[i]);
    shape.emplace_back(fold.image[i]);
    // Elements behind the last block are zeros, padded or not.
    const int64_t span = (fold.block[i] - 1) * fold.dilations[i] + 1;
    const int64_t end = (fold.count[i] - 1) * fold.strides[i] + span - fold.pads_begin[i];
    op.pads_end[i] = std::max<int64_t>(end - fold.image[i], 0);
  }
  std::vector<double> weights(static_cast<size_t>(rows.constant() * size), 0.0);
  for (int64_t row = 0; row < rows.constant(); ++row) {
    weights[static_cast<size_t>(row * size + row % size)] = 1;
  }
  ir::Value* weight =
      node.add_constant(make_constant(node.dtype(0), weight_dims, weights), "places");
  TENON_ASSIGN(ir::Value * x, node.add(ops::Reshape{std::move(apart)}, {node.in(0)}, "columns"));
  TENON_ASSIGN(x, node.add(std::move(op), {x, weight}, "blocks"));
  TENON_ASSIGN(x, padded_to(node, x, shape));
  return node.finish(ops::Identity{}, {x});
}

/// Coordinates −1 … 1 of the elements of an axis.
std::vector<double> coordinates(int64_t extent, bool corners) {
  std::vector<double> all;
  const double step = corners ? 2.0 / static_cast<double>(std::max<int64_t>(extent - 1, 1))
                              : 2.0 / static_cast<double>(extent);
  for (int64_t i = 0; i < extent; ++i) {
    all.push_back(-1 + (static_cast<double>(i) + (corners ? 0 : 0.5)) * step);
  }
  return all;
}

/// The grid of all elements, last axis first and a one behind, times the transposed matrices.
Status import_affine_grid(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_TRY(node.expect_rank(0, 3));
  TENON_ASSIGN(const auto size, node.numbers(1, "the shape of what is sampled"));
  TENON_ASSIGN(const int64_t corners, node.integer("align_corners", 0));
  const size_t axes = size.size() - std::min<size_t>(size.size(), 2);
  if ((axes != 2 && axes != 3) || !std::all_of(size.begin() + 2, size.end(), is_extent)) {
    return node.fail(Code::InvalidModel,
                     "the shape of what is sampled must have 4 or 5 extents of 1 to {}",
                     kMostExtent);
  }
  std::vector<std::vector<double>> at;
  int64_t points = 1;
  for (size_t i = 0; i < axes; ++i) {
    at.push_back(coordinates(size[i + 2], corners != 0));
    points *= size[i + 2];
  }
  if (points > kMostPlaces) {
    return node.fail(Code::Unsupported, "a grid of {} points is too large", points);
  }
  std::vector<double> grid;
  for (int64_t point = 0; point < points; ++point) {
    int64_t rest = point;
    for (size_t i = axes; i-- > 0;) {
      grid.push_back(at[i][static_cast<size_t>(rest % size[i + 2])]);
      rest /= size[i + 2];
    }
    grid.push_back(1);
  }
  const auto width = static_cast<int64_t>(axes) + 1;
  ir::Value* all = node.add_constant(make_constant(node.dtype(0), {points, width}, grid), "points");
  TENON_ASSIGN(ir::Value * moved, node.add(ops::MatMul{false, true, {ops::ActivationKind::None}},
                                           {all, node.in(0)}, "moved"));
  expr::Shape shape{node.shape(0)[0]};
  for (size_t i = 0; i < axes; ++i) shape.emplace_back(size[i + 2]);
  shape.emplace_back(static_cast<int64_t>(axes));
  return node.finish(ops::Reshape{std::move(shape)}, {moved});
}

constexpr Row kUnfoldRows[] = {
    {"AffineGrid", 20, kNoEnd, import_affine_grid},
    {"Col2Im", 18, kNoEnd, import_col2im},
    {"MaxUnpool", 9, kNoEnd, import_max_unpool},
};

}  // namespace

std::span<const Row> unfold_rows() { return kUnfoldRows; }

}  // namespace tenon::onnx
