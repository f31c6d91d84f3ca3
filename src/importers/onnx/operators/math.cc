// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic, element by element.
#include "importers/onnx/operators/element_wise.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ElementWise;
using Binary = ops::ElementWiseKind;
using Unary = ops::UnaryKind;

/// From opset 12 on base and exponent may differ in type; the result has the base's.
Status import_pow(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  const DType base = node.dtype(0), exponent = node.dtype(1);
  if (base == exponent) return import_element_wise(node, Binary::Pow);
  if (is_floating(base) || !is_floating(exponent)) {
    TENON_ASSIGN(ir::Value * power, node.add(ops::Cast{base}, {node.in(1)}, "exponent"));
    return node.finish(ElementWise{Binary::Pow}, {node.in(0), power});
  }
  TENON_ASSIGN(ir::Value * real, node.add(ops::Cast{exponent}, {node.in(0)}, "base"));
  TENON_ASSIGN(ir::Value * power, node.add(ElementWise{Binary::Pow}, {real, node.in(1)}, "pow"));
  return node.finish(ops::Cast{base}, {power});
}

Status import_mod(Context& node) {
  TENON_ASSIGN(const int64_t fmod, node.integer("fmod", 0));
  return import_element_wise(node, fmod != 0 ? Binary::Fmod : Binary::Mod);
}

/// The last but one step of a fold over any number of inputs, and the last input.
Status import_fold(Context& node, Binary kind, bool mean) {
  const size_t count = node.inputs().size();
  TENON_TRY(node.expect_inputs(std::max<size_t>(count, 1), count));
  if (count == 1) return node.finish(ops::Identity{}, {node.in(0)});
  ir::Value* so_far = node.in(0);
  for (size_t i = 1; i + 1 < count; ++i) {
    TENON_ASSIGN(so_far, node.add(ElementWise{kind}, {so_far, node.in(i)}, fmt::format("{}", i)));
  }
  if (!mean) return node.finish(ElementWise{kind}, {so_far, node.in(count - 1)});
  TENON_ASSIGN(so_far, node.add(ElementWise{kind}, {so_far, node.in(count - 1)}, "sum"));
  TENON_ASSIGN(ir::Value * number, node.scalar(node.dtype(0), static_cast<double>(count), "count"));
  return node.finish(ElementWise{Binary::Div}, {so_far, number});
}

template <Binary kind, bool mean = false>
Status import_variadic(Context& node) {
  return import_fold(node, kind, mean);
}

constexpr Row kMathRows[] = {
    {"Abs", 1, kNoEnd, import_unary<Unary::Abs>},
    {"Acos", 7, kNoEnd, import_unary<Unary::Acos>},
    {"Acosh", 9, kNoEnd, import_unary<Unary::Acosh>},
    {"Add", 1, kNoEnd, import_binary<Binary::Add>},
    {"Asin", 7, kNoEnd, import_unary<Unary::Asin>},
    {"Asinh", 9, kNoEnd, import_unary<Unary::Asinh>},
    {"Atan", 7, kNoEnd, import_unary<Unary::Atan>},
    {"Atanh", 9, kNoEnd, import_unary<Unary::Atanh>},
    {"Ceil", 1, kNoEnd, import_unary<Unary::Ceil>},
    {"Cos", 7, kNoEnd, import_unary<Unary::Cos>},
    {"Cosh", 9, kNoEnd, import_unary<Unary::Cosh>},
    {"Div", 1, kNoEnd, import_binary<Binary::Div>},
    {"Erf", 9, kNoEnd, import_unary<Unary::Erf>},
    {"Exp", 1, kNoEnd, import_unary<Unary::Exp>},
    {"Floor", 1, kNoEnd, import_unary<Unary::Floor>},
    {"Log", 1, kNoEnd, import_unary<Unary::Log>},
    {"Max", 1, kNoEnd, import_variadic<Binary::Max>},
    {"Mean", 1, kNoEnd, import_variadic<Binary::Add, true>},
    {"Min", 1, kNoEnd, import_variadic<Binary::Min>},
    {"Mod", 10, kNoEnd, import_mod},
    {"Mul", 1, kNoEnd, import_binary<Binary::Mul>},
    {"Neg", 1, kNoEnd, import_unary<Unary::Neg>},
    {"Pow", 1, 11, import_binary<Binary::Pow>},
    {"Pow", 12, kNoEnd, import_pow},
    {"Reciprocal", 1, kNoEnd, import_unary<Unary::Reciprocal>},
    {"Round", 11, kNoEnd, import_unary<Unary::Round>},
    {"Sign", 9, kNoEnd, import_unary<Unary::Sign>},
    {"Sin", 7, kNoEnd, import_unary<Unary::Sin>},
    {"Sinh", 9, kNoEnd, import_unary<Unary::Sinh>},
    {"Sqrt", 1, kNoEnd, import_unary<Unary::Sqrt>},
    {"Sub", 1, kNoEnd, import_binary<Binary::Sub>},
    {"Sum", 1, kNoEnd, import_variadic<Binary::Add>},
    {"Tan", 7, kNoEnd, import_unary<Unary::Tan>},
};

}  // namespace

std::span<const Row> math_rows() { return kMathRows; }

}  // namespace tenon::onnx
