// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators whose outcome is known at once.
#include <cmath>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

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

Status import_eye_like(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_rank(0, 2));
  TENON_ASSIGN(const int64_t diagonal, node.integer("k", 0));
  DType dtype = node.dtype(0);
  if (node.has_attribute("dtype")) {
    TENON_ASSIGN(const int64_t number, node.integer("dtype", 0));
    const auto found = find_dtype(number);
    if (!found || is_storage(*found)) {
      return node.fail(Code::Unsupported, "attribute dtype is {}, which is not supported",
                       data_type_name(number));
    }
    dtype = *found;
  }
  const auto dims = expr::to_dims(node.shape(0));
  if (!dims || (*dims)[0] * static_cast<double>((*dims)[1]) > kMaxElements) {
    return node.fail(Code::Unsupported, "the matrix's shape is dynamic or too large");
  }
  std::vector<double> values(static_cast<size_t>(dims->volume()));
  for (int64_t row = 0; row < (*dims)[0]; ++row) {
    if (diagonal < -row || diagonal >= (*dims)[1] - row) continue;
    values[static_cast<size_t>(row * (*dims)[1] + row + diagonal)] = 1;
  }
  return node.finish(ops::Constant{make_constant(dtype, *dims, values)}, {});
}

Status import_range(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  const bool whole = !is_floating(node.dtype(0));
  double ends[3] = {};
  constexpr std::string_view kWhat[] = {"the start", "the limit", "the step"};
  for (size_t i = 0; i < 3; ++i) {
    if (whole && node.dtype(i) != DType::I16) {
      TENON_ASSIGN(const std::vector<int64_t> number, node.numbers(i, kWhat[i]));
      if (number.size() == 1) ends[i] = static_cast<double>(number[0]);
    } else {
      TENON_ASSIGN(const ops::ConstantData* number, node.constant(i, kWhat[i]));
      if (number->count() == 1) ends[i] = number->real(0);
    }
  }
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

/// Keeps one triangle of the last two axes, by a mask.
Status import_trilu(Context& node) {
  TENON_TRY(node.expect_inputs(1, 2));
  TENON_ASSIGN(const int64_t upper, node.integer("upper", 1));
  int64_t diagonal = 0;
  if (node.has(1)) {
    TENON_ASSIGN(const std::vector<int64_t> k, node.numbers(1, "the diagonal"));
    if (k.size() == 1) diagonal = k[0];
  }
  const expr::Shape& shape = node.shape(0);
  if (shape.size() < 2) return node.fail(Code::InvalidModel, "input 0 is no matrix");
  const auto matrix = expr::to_dims({shape.end() - 2, shape.end()});
  if (!matrix || (*matrix)[0] * static_cast<double>((*matrix)[1]) > kMaxElements) {
    return node.fail(Code::Unsupported, "the matrix's shape is dynamic or too large");
  }
  std::vector<double> mask;
  for (int64_t row = 0; row < (*matrix)[0]; ++row) {
    for (int64_t column = 0; column < (*matrix)[1]; ++column) {
      const bool kept = upper != 0 ? column - row >= diagonal : column - row <= diagonal;
      mask.push_back(kept ? 1 : 0);
    }
  }
  ir::Value* keep = node.add_constant(make_constant(DType::Bool, *matrix, mask), "mask");
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
