// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix products.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ElementWise;
using ops::ElementWiseKind;

Status import_mat_mul(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  return node.finish(ops::MatMul{}, {node.in(0), node.in(1)});
}

/// `value` times `factor`; itself when that is 1.
Result<ir::Value*> scaled(Context& node, ir::Value* value, float factor, std::string_view role) {
  if (factor == 1) return value;
  if (!is_floating(value->dtype()) && factor != static_cast<float>(static_cast<int64_t>(factor))) {
    return node.fail(Code::Unsupported, "{} is {}, no whole number, but the matrices are {}", role,
                     factor, to_string(value->dtype()));
  }
  TENON_ASSIGN(ir::Value * number, node.scalar(value->dtype(), factor, role));
  return node.add(ElementWise{ElementWiseKind::Mul}, {value, number},
                  fmt::format("times_{}", role));
}

/// alpha A B + beta C. Constant factors go onto B and C, which mostly are constants themselves.
Status import_gemm(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  TENON_TRY(node.expect_rank(0, 2));
  TENON_TRY(node.expect_rank(1, 2));
  TENON_ASSIGN(const float alpha, node.real("alpha", 1));
  TENON_ASSIGN(const float beta, node.real("beta", 1));
  TENON_ASSIGN(const int64_t transpose_a, node.integer("transA", 0));
  TENON_ASSIGN(const int64_t transpose_b, node.integer("transB", 0));
  TENON_ASSIGN(ir::Value * b, scaled(node, node.in(1), alpha, "alpha"));
  std::vector<ir::Value*> inputs{node.in(0), b};
  if (node.has(2) && beta != 0) {
    TENON_ASSIGN(ir::Value * c, scaled(node, node.in(2), beta, "beta"));
    inputs.push_back(c);
  }
  return node.finish(ops::MatMul{transpose_a != 0, transpose_b != 0, {ops::ActivationKind::None}},
                     std::move(inputs));
}

constexpr Row kMatrixRows[] = {
    {"Gemm", 1, kNoEnd, import_gemm},
    {"MatMul", 1, kNoEnd, import_mat_mul},
};

}  // namespace

std::span<const Row> matrix_rows() { return kMatrixRows; }

}  // namespace tenon::onnx
