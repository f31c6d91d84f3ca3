// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes of a product.
#include "backends/cuda/product.h"

#include "backends/cuda/launch.h"

namespace tenon::cuda {

namespace {

/// One operand as matrices after transposition.
struct Matrices {
  Dims batch;
  int64_t rows = 1, columns = 1, row_stride = 0, column_stride = 1;

  /// A vector is a single row (`as_row`) or a single column.
  Matrices(const Dims& dims, bool transpose, bool as_row) {
    if (dims.rank() < 2) {
      const int64_t length = dims.rank() == 0 ? 1 : dims[0];
      rows = as_row ? 1 : length;
      columns = as_row ? length : 1;
      row_stride = columns;
      return;
    }
    for (int i = 0; i < dims.rank() - 2; ++i) batch.push_back(dims[i]);
    rows = dims[dims.rank() - 2];
    columns = row_stride = dims.back();
    if (!transpose) return;
    std::swap(rows, columns);
    std::swap(row_stride, column_stride);
  }
  bool batch_strides(const Dims& to, std::vector<int64_t>& strides) const {
    const kernel::TensorDesc desc{DType::F32, kernel::Layout::linear(), batch, 0};
    if (!broadcast_strides(desc, to, strides)) return false;
    for (int64_t& stride : strides) stride *= rows * columns;
    return true;
  }
};

}  // namespace

Status describe_product(const ops::MatMul& op, std::span<const kernel::TensorDesc> inputs,
                        const kernel::TensorDesc& output, Product& product) {
  if (inputs.size() < 2 || inputs[0].dims.rank() < 1 || inputs[1].dims.rank() < 1) {
    return kUnlikeShapes;
  }
  const Matrices left(inputs[0].dims, op.transpose_a, true);
  const Matrices right(inputs[1].dims, op.transpose_b, false);
  const int row_axis = inputs[0].dims.rank() > 1 ? 1 : 0;
  const int column_axis = inputs[1].dims.rank() > 1 ? 1 : 0;
  const int batches = output.dims.rank() - row_axis - column_axis;
  if (batches < 0 || left.columns != right.rows) return kUnlikeShapes;
  Dims batch;
  for (int i = 0; i < batches; ++i) batch.push_back(output.dims[i]);
  product = {left.rows,
             right.columns,
             left.columns,
             left.row_stride,
             left.column_stride,
             right.row_stride,
             right.column_stride,
             0,
             0,
             {},
             false};
  if (batch.volume() * product.rows * product.columns != output.elements()) return kUnlikeShapes;
  AxisWalk& walk = product.batch;
  walk.extents.assign(batch.begin(), batch.end());
  walk.strides.resize(4, std::vector<int64_t>(walk.rank(), 0));
  if (!left.batch_strides(batch, walk.strides[0]) || !right.batch_strides(batch, walk.strides[1])) {
    return kUnlikeShapes;
  }
  product.biased = inputs.size() > 2 && !inputs[2].absent();
  if (product.biased) {
    std::vector<int64_t> strides;
    if (!broadcast_strides(inputs[2], output.dims, strides)) return kUnlikeShapes;
    if (column_axis == 1) {
      product.bias_column = strides.back();
      strides.pop_back();
    }
    if (row_axis == 1) {
      product.bias_row = strides.back();
      strides.pop_back();
    }
    walk.strides[2] = strides;
  }
  int64_t step = product.rows * product.columns;
  for (size_t axis = walk.rank(); axis-- > 0;) {
    walk.strides[3][axis] = step;
    step *= walk.extents[axis];
  }
  walk.merge();
  return {};
}

}  // namespace tenon::cuda
