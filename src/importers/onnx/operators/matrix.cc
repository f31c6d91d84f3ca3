// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix products.
#include <bit>

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

/// Element [row, column] of each matrix.
Result<ir::Value*> element(Context& node, int64_t row, int64_t column) {
  const expr::Shape& shape = node.shape(0);
  const size_t rank = shape.size();
  ops::Slice slice{expr::Shape(rank, 0), shape, Dims::filled(static_cast<int>(rank), 1)};
  slice.starts[rank - 2] = row;
  slice.starts[rank - 1] = column;
  slice.sizes[rank - 2] = slice.sizes[rank - 1] = 1;
  const std::string place = fmt::format("{}_{}", row, column);
  TENON_ASSIGN(ir::Value * one, node.add(std::move(slice), {node.in(0)}, "at_" + place));
  return node.add(ops::Reshape{{shape.begin(), shape.end() - 2}}, {one}, "element_" + place);
}

/// Determinants by Laplace's expansion: from the last row up, of the rows so far and every choice
/// of as many columns, each computed once.
Status import_det(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  if (node.rank(0) < 2) return node.fail(Code::InvalidModel, "input 0 is no matrix");
  const expr::Expr &rows = *(node.shape(0).end() - 2), &columns = node.shape(0).back();
  constexpr int64_t kMostRows = 6;
  if (!rows.is_constant() || !(rows == columns) || rows.constant() < 1 ||
      rows.constant() > kMostRows) {
    return node.fail(Code::Unsupported,
                     "the matrices are {} x {}; determinants of square ones of fixed size, at most "
                     "{} rows, are supported",
                     expr::to_string(rows, node.session().graph.symbols()),
                     expr::to_string(columns, node.session().graph.symbols()), kMostRows);
  }
  const auto n = static_cast<uint32_t>(rows.constant());
  std::vector<ir::Value*> minors(size_t{1} << n, nullptr);  // by the set of columns
  for (uint32_t height = 1; height <= n; ++height) {
    std::vector<ir::Value*> row;
    for (uint32_t column = 0; column < n; ++column) {
      TENON_ASSIGN(row.emplace_back(), element(node, n - height, column));
    }
    for (uint32_t set = 1; set < minors.size(); ++set) {
      if (static_cast<uint32_t>(std::popcount(set)) != height) continue;
      ir::Value* sum = nullptr;
      bool subtract = false;
      for (uint32_t column = 0; column < n; ++column) {
        if ((set >> column & 1U) == 0) continue;
        const std::string role = fmt::format("{}_{}", set, column);
        ir::Value* term = row[column];
        if (height > 1) {
          TENON_ASSIGN(term, node.add(ElementWise{ElementWiseKind::Mul},
                                      {term, minors[set & ~(1U << column)]}, "product_" + role));
        }
        if (sum != nullptr) {
          const auto kind = subtract ? ElementWiseKind::Sub : ElementWiseKind::Add;
          TENON_ASSIGN(term, node.add(ElementWise{kind}, {sum, term}, "sum_" + role));
        }
        sum = term;
        subtract = !subtract;
      }
      minors[set] = sum;
    }
  }
  return node.finish(ops::Identity{}, {minors.back()});
}

constexpr Row kMatrixRows[] = {
    {"Det", 11, kNoEnd, import_det},
    {"Gemm", 1, kNoEnd, import_gemm},
    {"MatMul", 1, kNoEnd, import_mat_mul},
};

}  // namespace

std::span<const Row> matrix_rows() { return kMatrixRows; }

}  // namespace tenon::onnx
