// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices by own code: any type, shape and bias.
#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/product.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::mat_mul {

namespace {

constexpr size_t kMostAxes = 8;
constexpr int64_t kTile = 32;

int64_t lanes_of(DType type) { return 128 / bit_width(type); }

/// Rows of a and columns of b lie side by side, all at multiples of `lanes`.
bool takes_vectors(const Product& p, int64_t lanes) {
  const auto fits = [&](const std::vector<int64_t>& strides) {
    return std::all_of(strides.begin(), strides.end(),
                       [&](int64_t stride) { return stride % lanes == 0; });
  };
  return p.a_column == 1 && p.b_row == 1 && p.depth % lanes == 0 && p.a_row % lanes == 0 &&
         p.b_column % lanes == 0 && fits(p.batch.strides[0]) && fits(p.batch.strides[1]);
}

class MatMulPlanner final : public Planner {
 public:
  MatMulPlanner(ops::MatMul op, bool by_rows) : op_(op), by_rows_(by_rows) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    Product p;
    TENON_TRY(describe_product(op_, shapes.inputs, shapes.outputs[0], p));
    if (p.batch.rank() > kMostAxes) return kUnlikeShapes;
    const bool lines = p.b_column == 1;  // rows of b lie side by side
    const int64_t tile = by_rows_ ? (lines ? 8 : 4) : kTile;
    const int64_t row_tiles = by_rows_ ? p.rows : (p.rows + kTile - 1) / kTile;
    const int64_t column_tiles = (p.columns + tile - 1) / tile;
    const char* dots = shapes.aligned && takes_vectors(p, lanes_of(shapes.outputs[0].dtype))
                           ? "mat_vec_vectors"
                           : "mat_vec_dots";
    const char* name = by_rows_ ? (lines ? "mat_vec_lines" : dots) : "mat_mul";
    Launch launch = launch_of(name, p.batch.volume() * row_tiles * column_tiles, 1);
    launch.block[0] = by_rows_ ? (lines ? 512 : 128) : kTile;
    launch.block[1] = by_rows_ ? 1 : 8;
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    if (p.biased) {
      args.place(input(2));
    } else {
      args.nothing();
    }
    args.place(output(0)).u32(p.rows).u32(p.columns).u32(p.depth);
    args.divisor(row_tiles).divisor(column_tiles);
    args.i32(p.a_row).i32(p.a_column).i32(p.b_row).i32(p.b_column);
    args.i32(p.bias_row).i32(p.bias_column).i32(static_cast<int64_t>(p.batch.rank()));
    args.divisors(p.batch.extents, kMostAxes);
    for (size_t operand = 0; operand < 3; ++operand) {
      args.i32s(p.batch.strides[operand], kMostAxes);
    }
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::MatMul op_;
  bool by_rows_;
};

/// Tactic 1 takes y row by row: for few rows.
std::vector<int32_t> tactics(const kernel::NodeInfo& node) {
  constexpr int64_t kFewRows = 8;
  const Dims &a = node.inputs[0].max, &y = node.outputs[0].max;
  int64_t rows = 1;
  if (a.rank() > 1) rows = std::get<ops::MatMul>(*node.op).transpose_a ? a.back() : a[a.rank() - 2];
  if (rows > kFewRows || y.volume() > 1 << 20) return {0};
  return {1, 0};
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const bool biased = has_input(node, 2);
  return kFunctionsText +
         fmt::format("typedef {} T;\n#define BIAS {}\n#define ACTIVATE(x) {}\n#define LANES {}\n",
                     type_name(node.outputs[0].dtype), biased ? 1 : 0,
                     activated(std::get<ops::MatMul>(*node.op).activation, "x"),
                     lanes_of(node.outputs[0].dtype)) +
         kMatMulText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::MatMul>(bytes);
  if (!op.ok() || record.inputs.size() < 2 || record.outputs.size() != 1) return nullptr;
  for (size_t i = 0; i < record.inputs.size(); ++i) {
    if (i < 2 && record.inputs[i].absent()) return nullptr;
  }
  return std::make_unique<MatMulPlanner>(std::move(op).value(), record.tactic == 1);
}

}  // namespace

const OwnKernel kOwn = {
    &linear_configurations, &text, &packed_operator, &planner, nullptr, &tactics};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::mat_mul
