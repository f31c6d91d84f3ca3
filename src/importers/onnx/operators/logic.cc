// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Comparisons, truth values and choices, element by element.
#include "importers/onnx/operators/element_wise.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using Binary = ops::ElementWiseKind;
using Unary = ops::UnaryKind;

/// Infinities of both signs, or of the sign that is asked for.
Status import_is_inf(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t negative, node.integer("detect_negative", 1));
  TENON_ASSIGN(const int64_t positive, node.integer("detect_positive", 1));
  if (negative != 0 && positive != 0) return node.finish(ops::Unary{Unary::IsInf}, {node.in(0)});
  TENON_ASSIGN(ir::Value * infinite, node.add(ops::Unary{Unary::IsInf}, {node.in(0)}, "either"));
  if (negative == 0 && positive == 0) {
    TENON_ASSIGN(ir::Value * finite, node.add(ops::Unary{Unary::Not}, {infinite}, "neither"));
    return node.finish(ops::ElementWise{Binary::And}, {infinite, finite});
  }
  TENON_ASSIGN(ir::Value * zero, node.scalar(node.dtype(0), 0, "zero"));
  const Binary side = positive != 0 ? Binary::Greater : Binary::Less;
  TENON_ASSIGN(ir::Value * sign, node.add(ops::ElementWise{side}, {node.in(0), zero}, "sign"));
  return node.finish(ops::ElementWise{Binary::And}, {infinite, sign});
}

Status import_where(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  return node.finish(ops::Select{}, node.inputs());
}

constexpr Row kLogicRows[] = {
    {"And", 1, kNoEnd, import_binary<Binary::And>},
    {"Equal", 1, kNoEnd, import_binary<Binary::Equal>},
    {"Greater", 1, kNoEnd, import_binary<Binary::Greater>},
    {"GreaterOrEqual", 12, kNoEnd, import_binary<Binary::GreaterOrEqual>},
    {"IsInf", 10, kNoEnd, import_is_inf},
    {"IsNaN", 9, kNoEnd, import_unary<Unary::IsNan>},
    {"Less", 1, kNoEnd, import_binary<Binary::Less>},
    {"LessOrEqual", 12, kNoEnd, import_binary<Binary::LessOrEqual>},
    {"Not", 1, kNoEnd, import_unary<Unary::Not>},
    {"Or", 1, kNoEnd, import_binary<Binary::Or>},
    {"Where", 9, kNoEnd, import_where},
    {"Xor", 1, kNoEnd, import_binary<Binary::Xor>},
};

}  // namespace

std::span<const Row> logic_rows() { return kLogicRows; }

}  // namespace tenon::onnx
