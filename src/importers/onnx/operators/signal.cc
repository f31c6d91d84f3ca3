// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fourier transforms, as products with matrices of sines and cosines, and what belongs to them.
#include <cmath>
#include <numbers>

#include "importers/onnx/table.h"
#include "importers/onnx/tensor.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// One transform: `rows` elements of the axis are read, each of `parts` numbers (2: real and
/// imaginary), and `columns` are made. A matrix of the greatest size still fits caches.
struct Transform {
  int64_t length = 0;  ///< of the whole cycle
  int64_t rows = 0, columns = 0;
  int64_t parts = 1, made_parts = 2;
  bool inverse = false, one_sided = false;
};

constexpr int64_t kMostNumbers = int64_t{16} << 20;

/// How much element `row` weighs in an inverse transform that is given one side alone.
double weight_of(const Transform& t, int64_t row) {
  const bool alone = row == 0 || 2 * row == t.length;
  return !t.inverse || !t.one_sided || alone ? 1 : 2;
}

/// [rows · parts, columns · made_parts]
std::vector<double> matrix_of(const Transform& t) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<size_t>(t.rows * t.parts * t.columns * t.made_parts));
  const double scale = t.inverse ? 1.0 / static_cast<double>(t.length) : 1;
  for (int64_t row = 0; row < t.rows; ++row) {
    for (int64_t part = 0; part < t.parts; ++part) {
      for (int64_t column = 0; column < t.columns; ++column) {
        // Whole cycles are taken off first: the angle stays exact.
        const double turn = static_cast<double>(row * column % t.length);
        const double angle = 2 * std::numbers::pi * turn / static_cast<double>(t.length);
        const double by = scale * weight_of(t, row);
        const double c = by * std::cos(angle), s = by * std::sin(angle) * (t.inverse ? 1 : -1);
        // (x + iy) (c + is): the real part of x is c, that of iy is −s.
        numbers.push_back(part == 0 ? c : -s);
        if (t.made_parts == 2) numbers.push_back(part == 0 ? s : c);
      }
    }
  }
  return numbers;
}

/// Transforms the last but one axis of `x` […, at least rows, parts]: […, columns, made_parts].
Result<ir::Value*> transformed(Context& node, ir::Value* x, const Transform& t) {
  if (t.rows < 1 || t.columns < 1) {
    return node.fail(Code::InvalidModel, "the transform is of no elements");
  }
  const int64_t height = t.rows * t.parts, width = t.columns * t.made_parts;
  if (height > kMostNumbers || width > kMostNumbers / height) {
    return node.fail(Code::Unsupported,
                     "a transform of {} elements takes a matrix of {} x {} numbers, which is too "
                     "large: at most {} are supported",
                     t.length, height, width, kMostNumbers);
  }
  expr::Shape shape = x->shape();
  const size_t axis = shape.size() - 2;
  if (!(shape[axis] == Expr(t.rows))) {
    shape[axis] = t.rows;
    const auto rank = shape.size();
    TENON_ASSIGN(x, node.add(ops::Slice{expr::Shape(rank, 0), shape,
                                        Dims::filled(static_cast<int>(rank), 1)},
                             {x}, "used"));
  }
  expr::Shape flat(shape.begin(), shape.end() - 2), result = flat;
  flat.emplace_back(height);
  result.emplace_back(t.columns);
  result.emplace_back(t.made_parts);
  ir::Value* matrix =
      node.add_constant(make_constant(x->dtype(), {height, width}, matrix_of(t)), "matrix");
  TENON_ASSIGN(x, node.add(ops::Reshape{std::move(flat)}, {x}, "flat"));
  TENON_ASSIGN(x, node.add(ops::MatMul{}, {x, matrix}, "waves"));
  return node.add(ops::Reshape{std::move(result)}, {x}, "parts");
}

/// 1 or 2 numbers an element of the signal.
Result<int64_t> parts_of(Context& node, const expr::Shape& shape) {
  const Expr& last = shape.back();
  if (last.is_constant() && (last.constant() == 1 || last.constant() == 2)) return last.constant();
  return node.fail(Code::InvalidModel,
                   "the last axis of the signal must be 1 (real) or 2 (real and imaginary part)");
}

Result<int64_t> one_number(Context& node, size_t input, std::string_view what) {
  TENON_ASSIGN(const std::vector<int64_t> numbers, node.numbers(input, what));
  if (numbers.size() == 1) return numbers[0];
  return node.fail(Code::InvalidModel, "{} is not one number", what);
}

Result<int64_t> dft_axis(Context& node) {
  const int64_t rank = node.rank(0);
  int64_t axis = -2;
  if (node.opset() < 20) {
    TENON_ASSIGN(axis, node.integer("axis", 1));
  } else if (node.has(2)) {
    TENON_ASSIGN(axis, one_number(node, 2, "the axis"));
  }
  TENON_ASSIGN(axis, node.normal_axis(axis, rank));
  if (axis + 1 < rank) return axis;
  return node.fail(Code::InvalidModel, "axis {} holds the parts of numbers, not a signal", axis);
}

Status import_dft(Context& node) {
  TENON_TRY(node.expect_inputs(1, 3));
  if (node.rank(0) < 2) return node.fail(Code::InvalidModel, "the signal has no axis");
  TENON_ASSIGN(const int64_t axis, dft_axis(node));
  TENON_ASSIGN(const int64_t inverse, node.integer("inverse", 0));
  TENON_ASSIGN(const int64_t one_sided, node.integer("onesided", 0));
  Transform t;
  t.inverse = inverse != 0;
  t.one_sided = one_sided != 0;
  TENON_ASSIGN(t.parts, parts_of(node, node.shape(0)));
  const Expr& extent = node.shape(0)[static_cast<size_t>(axis)];
  if (!extent.is_constant()) {
    return node.fail(Code::Unsupported,
                     "axis {} of the signal is dynamic: transforms need a fixed extent", axis);
  }
  const bool from_one_side = t.inverse && t.one_sided;
  t.length = from_one_side ? 2 * (extent.constant() - 1) : extent.constant();
  if (node.has(1)) {
    TENON_ASSIGN(t.length, one_number(node, 1, "the length of the transform"));
  }
  if (t.length < 1 || t.length > kMostNumbers) {
    return node.fail(Code::InvalidModel, "the length of the transform is {}", t.length);
  }
  const int64_t side = t.length / 2 + 1;
  t.rows = std::min(extent.constant(), from_one_side ? side : t.length);
  t.columns = t.one_sided && !t.inverse ? side : t.length;
  t.made_parts = from_one_side ? 1 : 2;
  // The axis goes to the last but one place, and back.
  Dims there, back = Dims::filled(static_cast<int>(node.rank(0)), 0);
  for (int64_t i = 0; i + 1 < node.rank(0); ++i) {
    if (i != axis) there.push_back(i);
  }
  there.push_back(axis);
  there.push_back(node.rank(0) - 1);
  for (int i = 0; i < there.rank(); ++i) back[static_cast<int>(there[i])] = i;
  TENON_ASSIGN(ir::Value * x, node.add(ops::Transpose{there}, {node.in(0)}, "axis_last"));
  TENON_ASSIGN(x, transformed(node, x, t));
  return node.finish(ops::Transpose{back}, {x});
}

/// The places of the signal that each frame reads: [frames, length].
ir::Value* frame_places(Context& node, int64_t frames, int64_t length, int64_t step) {
  std::vector<double> places;
  for (int64_t frame = 0; frame < frames; ++frame) {
    for (int64_t i = 0; i < length; ++i) places.push_back(static_cast<double>(frame * step + i));
  }
  return node.add_constant(make_constant(DType::I64, {frames, length}, places), "places");
}

Status import_stft(Context& node) {
  TENON_TRY(node.expect_inputs(2, 4));
  ir::Value* x = node.in(0);
  if (node.rank(0) == 2) {
    expr::Shape shape = x->shape();
    shape.emplace_back(1);
    TENON_ASSIGN(x, node.add(ops::Reshape{std::move(shape)}, {x}, "signal"));
  } else {
    TENON_TRY(node.expect_rank(0, 3));
  }
  Transform t;
  TENON_ASSIGN(t.parts, parts_of(node, x->shape()));
  TENON_ASSIGN(const int64_t one_sided, node.integer("onesided", 1));
  TENON_ASSIGN(const int64_t step, one_number(node, 1, "the step from frame to frame"));
  if (node.has(3)) {
    TENON_ASSIGN(t.length, one_number(node, 3, "the length of a frame"));
  } else if (node.has(2) && node.rank(2) == 1 && node.shape(2)[0].is_constant()) {
    t.length = node.shape(2)[0].constant();
  } else {
    return node.fail(Code::InvalidModel,
                     "there is neither a length of frames nor a window of fixed length");
  }
  const Expr& extent = x->shape()[1];
  if (!extent.is_constant()) {
    return node.fail(Code::Unsupported, "the signal's length is dynamic: it must be fixed");
  }
  if (step < 1 || t.length < 1 || t.length > extent.constant()) {
    return node.fail(Code::InvalidModel, "frames of {} at steps of {} do not fit a signal of {}",
                     t.length, step, extent.constant());
  }
  t.rows = t.length;
  t.columns = one_sided != 0 ? t.length / 2 + 1 : t.length;
  const int64_t frames = (extent.constant() - t.length) / step + 1;
  if (frames > kMostNumbers / t.length) {
    return node.fail(Code::Unsupported, "{} frames of {} elements are too many", frames, t.length);
  }
  TENON_ASSIGN(x,
               node.add(ops::Gather{1}, {x, frame_places(node, frames, t.length, step)}, "frames"));
  if (node.has(2)) {
    TENON_ASSIGN(ir::Value * window,
                 node.add(ops::Reshape{{Expr(t.length), Expr(1)}}, {node.in(2)}, "window"));
    TENON_ASSIGN(x, node.add(ops::ElementWise{ops::ElementWiseKind::Mul}, {x, window}, "windowed"));
  }
  TENON_ASSIGN(x, transformed(node, x, t));
  return node.finish(ops::Identity{}, {x});
}

/// Places among the frequencies of the corners of the triangles: bins + 2 of them.
std::vector<int64_t> mel_corners(int64_t bins, int64_t length, double rate, double low,
                                 double high) {
  const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  const double first = mel(low), step = (mel(high) - first) / static_cast<double>(bins + 2);
  std::vector<int64_t> corners;
  for (int64_t i = 0; i < bins + 2; ++i) {
    const double at = first + static_cast<double>(i) * step;
    const double hertz = 700 * (std::pow(10.0, at / 2595) - 1);
    corners.push_back(
        static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / rate)));
  }
  return corners;
}

/// Everything it is computed from must be known, so that it becomes a constant.
Status import_mel_weight_matrix(Context& node) {
  TENON_TRY(node.expect_inputs(5, 5));
  double given[5];
  constexpr std::string_view kWhat[] = {"the number of bins", "the length of the transform",
                                        "the sample rate", "the lower edge", "the upper edge"};
  for (size_t i = 0; i < 5; ++i) {
    TENON_ASSIGN(const ops::ConstantData* data, node.constant(i, kWhat[i]));
    if (data->count() != 1) return node.fail(Code::InvalidModel, "{} is not one number", kWhat[i]);
    given[i] = data->real(0);
  }
  TENON_ASSIGN(const int64_t number, node.integer("output_datatype", 1));
  const auto dtype = find_dtype(number);
  if (!dtype) return node.fail(Code::Unsupported, "attribute output_datatype is {}", number);
  const bool sane = given[0] >= 1 && given[1] >= 1 && given[2] > 0 && given[3] >= 0 &&
                    given[4] >= given[3] && given[0] * given[1] <= kMostNumbers;
  if (!sane) return node.fail(Code::InvalidModel, "there is no such matrix");
  const auto bins = static_cast<int64_t>(given[0]), length = static_cast<int64_t>(given[1]);
  const int64_t rows = length / 2 + 1;
  const auto corners = mel_corners(bins, length, given[2], given[3], given[4]);
  if (corners.back() >= rows) {
    return node.fail(Code::InvalidModel, "the upper edge is beyond half the sample rate");
  }
  std::vector<double> numbers(static_cast<size_t>(rows * bins), 0.0);
  const auto set = [&](int64_t row, int64_t bin, double value) {
    numbers[static_cast<size_t>(row * bins + bin)] = value;
  };
  for (int64_t bin = 0; bin < bins; ++bin) {
    const auto* corner = &corners[static_cast<size_t>(bin)];
    const int64_t up = corner[1] - corner[0], down = corner[2] - corner[1];
    if (up == 0) set(corner[1], bin, 1);
    for (int64_t i = 1; i <= up; ++i) {
      set(corner[0] + i, bin, static_cast<double>(i) / static_cast<double>(up));
    }
    for (int64_t i = 0; i < down; ++i) {
      set(corner[1] + i, bin, static_cast<double>(down - i) / static_cast<double>(down));
    }
  }
  ir::Value* matrix = node.add_constant(make_constant(*dtype, {rows, bins}, numbers), "matrix");
  return node.finish(ops::Identity{}, {matrix});
}

constexpr Row kSignalRows[] = {
    {"DFT", 17, kNoEnd, import_dft},
    {"MelWeightMatrix", 17, kNoEnd, import_mel_weight_matrix},
    {"STFT", 17, kNoEnd, import_stft},
};

}  // namespace

std::span<const Row> signal_rows() { return kSignalRows; }

}  // namespace tenon::onnx
