// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A partial sort of indices, row by row.
#include "plugin_library/topk_last_dim.h"

#include <algorithm>
#include <numeric>

namespace shipped {

namespace {

/// The tensor as [outer, size, inner] around the axis.
struct Rows {
  int64_t outer, size, inner;
};

Rows rowsOf(Tensor const& x, int32_t axis) {
  Rows rows{1, x.extent(axis), 1};
  for (int32_t i = 0; i < axis; ++i) rows.outer *= x.extent(i);
  for (int32_t i = axis + 1; i < x.dims.nbDims; ++i) rows.inner *= x.extent(i);
  return rows;
}

/// a < b, with NaN above all.
template <class T>
bool less(T a, T b) {
  bool const aIsNan = a != a, bIsNan = b != b;  // NOLINT(misc-redundant-expression): NaN is not.
  return aIsNan || bIsNan ? !aIsNan && bIsNan : a < b;
}

template <class T>
void select(Rows const& rows, int64_t k, bool largest, Run const& run) {
  auto* order = reinterpret_cast<int32_t*>(run.scratch);
  for (int64_t row = 0; row < rows.outer * rows.inner; ++row) {
    int64_t const outer = row / rows.inner, inner = row % rows.inner;
    T const* x = run.in[0].as<T const>() + outer * rows.size * rows.inner + inner;
    int64_t const start = outer * k * rows.inner + inner;
    std::iota(order, order + rows.size, 0);
    std::partial_sort(order, order + k, order + rows.size, [&](int32_t a, int32_t b) {
      T const left = x[a * rows.inner], right = x[b * rows.inner];
      if (less(left, right)) return !largest;
      if (less(right, left)) return largest;
      return a < b;
    });
    for (int64_t i = 0; i < k; ++i) {
      run.out[0].as<T>()[start + i * rows.inner] = x[order[i] * rows.inner];
      run.out[1].as<int32_t>()[start + i * rows.inner] = order[i];
    }
  }
}

}  // namespace

int32_t TopkLastDim::axisOf(int32_t rank) const noexcept {
  return parameters().axis < 0 ? parameters().axis + rank : parameters().axis;
}

Signature TopkLastDim::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Number};
  static constexpr Element kOutputs[] = {Element::Number, Element::Int32};
  return {kInputs, 1, kOutputs};
}

bool TopkLastDim::shapes(ShapeRules const& rules,
                         std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  int32_t const rank = rules.in[0].nbDims, axis = axisOf(rank);
  if (axis < 0 || axis >= rank) {
    return fail("attribute axis is " + std::to_string(parameters().axis) + ", but the input has " +
                std::to_string(rank) + " dimensions");
  }
  outputs[0] = rules.in[0];
  outputs[0].d[axis] = rules.number(parameters().k);
  outputs[1] = outputs[0];
  return true;
}

bool TopkLastDim::fits(std::span<Tensor const> in) const noexcept {
  int32_t const axis = axisOf(in[0].dims.nbDims);
  return in[0].extent(axis) >= parameters().k ||
         fail("attribute k is " + std::to_string(parameters().k) + ", but axis " +
              std::to_string(axis) + " of the input has " + std::to_string(in[0].extent(axis)) +
              " elements");
}

size_t TopkLastDim::scratchBytes(std::span<Tensor const> in,
                                 std::span<Tensor const>) const noexcept {
  return static_cast<size_t>(in[0].extent(axisOf(in[0].dims.nbDims))) * sizeof(int32_t);
}

bool TopkLastDim::compute(Run const& run) const noexcept {
  using nvinfer1::DataType;
  Rows const rows = rowsOf(run.in[0], axisOf(run.in[0].dims.nbDims));
  bool const largest = parameters().isLargest != 0;
  DataType const type = run.in[0].type;
  if (type == DataType::kINT32) return select<int32_t>(rows, parameters().k, largest, run), true;
  if (type == DataType::kINT64) return select<int64_t>(rows, parameters().k, largest, run), true;
  return select<float>(rows, parameters().k, largest, run), true;
}

}  // namespace shipped
