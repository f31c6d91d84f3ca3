// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix product, accumulated in double (integers in int64) over short rows of outputs.
#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

constexpr int64_t kColumns = 64;

/// One operand as a stack of matrices: extents and strides after transposition.
struct Matrices {
  Dims batch;
  int64_t rows, columns, row_stride, column_stride;

  /// A vector is a single row (`as_row`) or a single column.
  Matrices(const Dims& dims, bool transpose, bool as_row) noexcept {
    if (dims.rank() == 1) {
      rows = as_row ? 1 : dims[0];
      columns = as_row ? dims[0] : 1;
      row_stride = columns;
      column_stride = 1;
      return;
    }
    for (int i = 0; i < dims.rank() - 2; ++i) batch.push_back(dims[i]);
    rows = dims[dims.rank() - 2];
    columns = dims.back();
    row_stride = columns;
    column_stride = 1;
    if (transpose) {
      std::swap(rows, columns);
      std::swap(row_stride, column_stride);
    }
  }
  /// Elements from one matrix to the next along the axes of `to`.
  [[nodiscard]] Dims batch_strides(const Dims& to) const noexcept {
    Dims strides = broadcast_strides(batch, to);
    for (int64_t& stride : strides) stride *= rows * columns;
    return strides;
  }
};

template <class T>
void multiply_row(const T* a, const Matrices& left, const T* b, const Matrices& right,
                  int64_t begin, int64_t count, Wide<T>* sums) noexcept {
  std::fill_n(sums, count, Wide<T>{0});
  for (int64_t k = 0; k < left.columns; ++k) {
    const Wide<T> factor = load(a[k * left.column_stride]);
    const T* row = b + k * right.row_stride + begin * right.column_stride;
    for (int64_t i = 0; i < count; ++i) {
      const Wide<T> other = load(row[i * right.column_stride]);
      if constexpr (kReal<T>) {
        sums[i] += factor * other;
      } else {
        sums[i] = apply(ops::ElementWiseKind::Add, sums[i],
                        apply(ops::ElementWiseKind::Mul, factor, other));
      }
    }
  }
}

template <class T>
void multiply(const ops::MatMul& op, const Call& call, const Matrices& left, const Matrices& right,
              int matrix_axes) noexcept {
  const Dims& out_dims = call.out_dims();
  Dims batch;
  for (int i = 0; i < out_dims.rank() - matrix_axes; ++i) batch.push_back(out_dims[i]);
  const T* bias = call.optional<T>(2);
  const Dims bias_strides = bias != nullptr ? broadcast_strides(call.in_dims(2), out_dims) : Dims{};
  int64_t at = 0;
  for (Walk<2> walk(batch, {left.batch_strides(batch), right.batch_strides(batch)}); !walk.done();
       walk.next()) {
    for (int64_t m = 0; m < left.rows; ++m) {
      const T* a = call.in<T>(0) + walk.at[0] + m * left.row_stride;
      for (int64_t begin = 0; begin < right.columns; begin += kColumns) {
        const int64_t count = std::min(kColumns, right.columns - begin);
        Wide<T> sums[kColumns];
        multiply_row(a, left, call.in<T>(1) + walk.at[1], right, begin, count, sums);
        for (int64_t i = 0; i < count; ++i, ++at) {
          Wide<T> sum = sums[i];
          if (bias != nullptr) {
            sum = apply(ops::ElementWiseKind::Add, sum,
                        load(bias[position(at, out_dims, bias_strides)]));
          }
          call.out<T>()[at] = store<T>(apply(op.activation, sum));
        }
      }
    }
  }
}

}  // namespace

Status run(const ops::MatMul& op, const Call& call) noexcept {
  const Matrices left(call.in_dims(0), op.transpose_a, true);
  const Matrices right(call.in_dims(1), op.transpose_b, false);
  const int matrix_axes =
      (call.in_dims(0).rank() > 1 ? 1 : 0) + (call.in_dims(1).rank() > 1 ? 1 : 0);
  return with_number(call.out_type(), [&](auto type) {
    multiply<typename decltype(type)::type>(op, call, left, right, matrix_axes);
    return Status{};
  });
}

Status run(const ops::VectorProduct& op, const Call& call) noexcept {
  Dims a = call.in_dims(0), b = call.in_dims(1);
  int matrix_axes = 2;
  if (op.vector_a || a.rank() == 1) {
    const int64_t last = a.back();
    a[a.rank() - 1] = 1;
    a.push_back(last);
    --matrix_axes;
  }
  if (op.vector_b || b.rank() == 1) {
    b.push_back(1);
    --matrix_axes;
  }
  const Matrices left(a, op.transpose_a, true), right(b, op.transpose_b, false);
  return with_number(call.out_type(), [&](auto type) {
    multiply<typename decltype(type)::type>({}, call, left, right, matrix_axes);
    return Status{};
  });
}

}  // namespace tenon::ref
