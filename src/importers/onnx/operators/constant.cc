// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators whose outcome is known at once.
#include <array>
#include <cmath>

#include "importers/onnx/table.h"
#include "ir/shape_input.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// No constant is made here of more elements than this.
constexpr int64_t kMaxElements = int64_t{1} << 24;

template <class T>
ops::ConstantRef vector_of(const std::vector<T>& values, bool scalar) {
  const Dims dims = scalar ? Dims{} : Dims{static_cast<int64_t>(values.size())};
  return ops::ConstantData::of<T>(dims, values);
}

Status import_constant(Context& node) {
  TENON_TRY(node.expect_inputs(0, 0));
  ops::ConstantRef data;
  if (node.has_attribute("value")) {
    TENON_ASSIGN(data, node.tensor("value"));
  } else if (node.has_attribute("value_float")) {
    TENON_ASSIGN(const float value, node.real("value_float", 0));
    data = vector_of(std::vector{value}, true);
  } else if (node.has_attribute("value_floats")) {
    TENON_ASSIGN(const std::vector<float> values, node.reals("value_floats"));
    data = vector_of(values, false);
  } else if (node.has_attribute("value_int")) {
    TENON_ASSIGN(const int64_t value, node.integer("value_int", 0));
    data = vector_of(std::vector{value}, true);
  } else if (node.has_attribute("value_ints")) {
    TENON_ASSIGN(const std::vector<int64_t> values, node.integers("value_ints"));
    data = vector_of(values, false);
  } else {
    return node.fail(Code::Unsupported,
                     "has none of the attributes value, value_float, value_floats, value_int and "
                     "value_ints; texts and sparse tensors are not supported");
  }
  return node.finish(ops::Constant{std::move(data)}, {});
}

/// A single element spread over a shape that may depend on dynamic extents.
Status import_constant_of_shape(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const ops::Content shape, node.extents(0, "the shape"));
  const float zero = 0;
  ops::ConstantRef value = ops::ConstantData::of<float>({1}, {&zero, 1});
  if (node.has_attribute("value")) {
    TENON_ASSIGN(value, node.tensor("value"));
  }
  if (value->count() != 1) {
    return node.fail(Code::InvalidModel, "attribute value has {} elements, but must have one",
                     value->count());
  }
  for (const expr::Expr& extent : shape) {
    if (extent.is_constant() && extent.constant() < 0) {
      return node.fail(Code::InvalidModel, "the shape holds {}", extent.constant());
    }
  }
  ir::Value* element = node.add_constant(std::move(value), "element");
  if (!element->shape().empty()) {
    TENON_ASSIGN(element, node.add(ops::Reshape{}, {element}, "scalar"));
  }
  return node.finish(ops::Expand{shape}, {element});
}

constexpr std::string_view kRangeInputs[] = {"the start", "the limit", "the step"};

/// The numbers of a Range, as one constant.
Status known_range(Context& node, const std::array<double, 3>& ends) {
  const double count = std::max(std::ceil((ends[1] - ends[0]) / ends[2]), 0.0);
  if (ends[2] == 0 || !(count <= kMaxElements)) {
    return node.fail(Code::Unsupported, "from {} to {} by steps of {} is endless or too long",
                     ends[0], ends[1], ends[2]);
  }
  std::vector<double> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = ends[0] + static_cast<double>(i) * ends[2];
  }
  const Dims dims{static_cast<int64_t>(values.size())};
  return node.finish(ops::Constant{make_constant(node.dtype(0), dims, values)}, {});
}

/// The whole number that input `i` of a Range is: as it is, or before it was cast to a real type.
Result<ir::Value*> whole_number(Context& node, size_t i) {
  if (!is_floating(node.dtype(i))) return node.in(i);
  if (const ops::ConstantData* data = node.known(i)) {
    const double number = data->count() == 1 ? data->real(0) : 0.5;
    if (number == std::floor(number) && std::abs(number) < kMaxElements) {
      return node.scalar(DType::I64, number, fmt::format("whole_{}", i));
    }
  }
  const ir::Node* maker = node.in(i)->producer();
  if (maker != nullptr && maker->as<ops::Cast>() != nullptr) {
    ir::Value* before = maker->input(0);
    if (before->dtype() == DType::I64 || before->dtype() == DType::I32) return before;
  }
  return node.fail(Code::Unsupported,
                   "input {} (\"{}\", {}) must be known when the engine is built, or be cast from "
                   "a whole number that follows from shapes and shape inputs",
                   i, node.in(i)->name, kRangeInputs[i]);
}

/// A Range whose length follows from shapes and shape inputs.
Status open_range(Context& node) {
  ir::Graph& graph = node.session().graph;
  Expr ends[3];
  std::vector<ir::Value*> numbers;
  for (size_t i = 0; i < 3; ++i) {
    TENON_ASSIGN(ir::Value * number, whole_number(node, i));
    TENON_TRY(ir::follow_content(graph, *number, node.diag));
    if (number->type.content->size() != 1) {
      return node.fail(Code::InvalidModel, "{} is not one number", kRangeInputs[i]);
    }
    ends[i] = number->type.content->front();
    if (number->dtype() != DType::I64) {
      TENON_ASSIGN(number, node.add(ops::Cast{DType::I64}, {number}, fmt::format("long_{}", i)));
    }
    TENON_ASSIGN(number, node.add(ops::Reshape{{Expr(1)}}, {number}, fmt::format("vector_{}", i)));
    numbers.push_back(number);
  }
  const auto& [start, limit, step] = ends;
  // Of both directions one counts; a step of 0 has no number.
  const auto steps = [&](const Expr& way, const Expr& by) {
    return expr::ceil_div(expr::max(way, 0), expr::max(by, 1)) * combine(expr::Op::Less, 0, by);
  };
  const Expr count =
      steps(limit - start, step) + steps(start - limit, 0 - step) + expr::floor_div(0, step);
  ops::Fill fill;
  fill.target = {count};
  fill.type = DType::I64;
  std::vector<ir::Value*> inputs{nullptr, numbers[0], numbers[2]};
  if (node.dtype(0) == DType::I64) return node.finish(std::move(fill), std::move(inputs));
  TENON_ASSIGN(ir::Value * filled, node.add(std::move(fill), std::move(inputs), "places"));
  return node.finish(ops::Cast{node.dtype(0)}, {filled});
}

Status import_range(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  std::array<double, 3> ends{};
  for (size_t i = 0; i < 3; ++i) {
    const ops::ConstantData* number = node.known(i);
    if (number == nullptr) return open_range(node);
    if (number->count() != 1) {
      return node.fail(Code::InvalidModel, "{} is not one number", kRangeInputs[i]);
    }
    ends[i] = number->real(0);
  }
  return known_range(node, ends);
}

/// Column minus row of every element of the last two axes, i64: numbers where these are known.
Result<ir::Value*> diagonals(Context& node) {
  const expr::Shape& shape = node.shape(0);
  if (shape.size() < 2) return node.fail(Code::InvalidModel, "input 0 is no matrix");
  const expr::Shape matrix{shape.end() - 2, shape.end()};
  if (const auto dims = expr::to_dims(matrix)) {
    if (!volume_within(*dims, kMaxElements)) {
      return node.fail(Code::Unsupported, "the matrix {} is too large", to_string(*dims));
    }
    std::vector<int64_t> numbers;
    for (int64_t i = 0; i < dims->volume(); ++i) {
      numbers.push_back(i % (*dims)[1] - i / (*dims)[1]);
    }
    return node.add_constant(ops::ConstantData::of<int64_t>(*dims, numbers), "diagonals");
  }
  ir::Value* places[2] = {};
  for (size_t i = 0; i < 2; ++i) {
    ops::Fill fill;
    fill.target = {matrix[i]};
    fill.type = DType::I64;
    TENON_ASSIGN(places[i], node.add(std::move(fill), {}, i == 0 ? "rows" : "columns"));
  }
  TENON_ASSIGN(ir::Value * rows, node.add(ops::Reshape{{matrix[0], 1}}, {places[0]}, "column"));
  return node.add(ops::ElementWise{ops::ElementWiseKind::Sub}, {places[1], rows}, "diagonals");
}

Status import_eye_like(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_rank(0, 2));
  TENON_ASSIGN(const int64_t number, node.integer("k", 0));
  DType dtype = node.dtype(0);
  if (node.has_attribute("dtype")) {
    TENON_ASSIGN(const int64_t type, node.integer("dtype", 0));
    const auto found = find_dtype(type);
    if (!found || is_storage(*found)) {
      return node.fail(Code::Unsupported, "attribute dtype is {}, which is not supported",
                       data_type_name(type));
    }
    dtype = *found;
  }
  TENON_ASSIGN(ir::Value * of, diagonals(node));
  ir::Value* diagonal =
      node.add_constant(ops::ConstantData::of<int64_t>({}, {&number, 1}), "diagonal");
  TENON_ASSIGN(ir::Value * ones,
               node.add(ops::ElementWise{ops::ElementWiseKind::Equal}, {of, diagonal}, "ones"));
  return node.finish(ops::Cast{dtype}, {ones});
}

/// Keeps one triangle of the last two axes, by a mask.
Status import_trilu(Context& node) {
  TENON_TRY(node.expect_inputs(1, 2));
  TENON_ASSIGN(const int64_t upper, node.integer("upper", 1));
  ir::Value* diagonal = node.in(1);
  if (diagonal == nullptr) {
    TENON_ASSIGN(diagonal, node.scalar(DType::I64, 0, "diagonal"));
  } else if (diagonal->dtype() != DType::I64 || !(expr::volume(diagonal->shape()) == Expr(1))) {
    return node.fail(Code::InvalidModel, "the diagonal is not one number of type i64");
  }
  TENON_ASSIGN(ir::Value * number, node.add(ops::Reshape{}, {diagonal}, "number"));
  TENON_ASSIGN(ir::Value * of, diagonals(node));
  const auto kind =
      upper != 0 ? ops::ElementWiseKind::GreaterOrEqual : ops::ElementWiseKind::LessOrEqual;
  TENON_ASSIGN(ir::Value * keep, node.add(ops::ElementWise{kind}, {of, number}, "keep"));
  TENON_ASSIGN(ir::Value * zero, node.scalar(node.dtype(0), 0, "zero"));
  return node.finish(ops::Select{}, {keep, node.in(0), zero});
}

constexpr Row kConstantRows[] = {
    {"Constant", 1, kNoEnd, import_constant},
    {"ConstantOfShape", 9, kNoEnd, import_constant_of_shape},
    {"EyeLike", 9, kNoEnd, import_eye_like},
    {"Range", 11, kNoEnd, import_range},
    {"Trilu", 14, kNoEnd, import_trilu},
};

}  // namespace

std::span<const Row> constant_rows() { return kConstantRows; }

}  // namespace tenon::onnx
