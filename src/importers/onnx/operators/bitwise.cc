// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on the bits of integers.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

template <ops::BitwiseKind kind>
Status import_bitwise(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  return node.finish(ops::Bitwise{kind}, {node.in(0), node.in(1)});
}

/// x with all bits turned: xor with −1.
Status import_not(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const DType dtype = node.dtype(0);
  TENON_ASSIGN(ir::Value * ones, node.scalar(dtype, dtype == DType::U8 ? 255 : -1, "ones"));
  return node.finish(ops::Bitwise{ops::BitwiseKind::Xor}, {node.in(0), ones});
}

Status import_shift(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_TRY(node.expect_attribute("direction"));
  TENON_ASSIGN(const size_t right, node.choice("direction", "LEFT", {"LEFT", "RIGHT"}));
  const auto kind = right == 1 ? ops::BitwiseKind::ShiftRight : ops::BitwiseKind::ShiftLeft;
  return node.finish(ops::Bitwise{kind}, {node.in(0), node.in(1)});
}

constexpr Row kBitwiseRows[] = {
    {"BitShift", 11, kNoEnd, import_shift},
    {"BitwiseAnd", 18, kNoEnd, import_bitwise<ops::BitwiseKind::And>},
    {"BitwiseNot", 18, kNoEnd, import_not},
    {"BitwiseOr", 18, kNoEnd, import_bitwise<ops::BitwiseKind::Or>},
    {"BitwiseXor", 18, kNoEnd, import_bitwise<ops::BitwiseKind::Xor>},
};

}  // namespace

std::span<const Row> bitwise_rows() { return kBitwiseRows; }

}  // namespace tenon::onnx
