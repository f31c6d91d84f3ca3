// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slice by slice, in the order of the updates.
#include "plugin_library/scatter_nd.h"

#include <algorithm>
#include <array>

namespace shipped {

namespace {

constexpr std::array<char const*, 5> kUpdateReductions = {"none", "add", "mul", "min", "max"};
constexpr int64_t kOutside = -1;

/// Where slice `row` goes, counted in slices; kOutside when an index is out of range.
int64_t placeOf(Tensor const& data, Tensor const& indices, int64_t row) {
  int64_t const depth = indices.extent(indices.dims.nbDims - 1);
  int64_t place = 0;
  for (int64_t i = 0; i < depth; ++i) {
    int64_t const size = data.extent(static_cast<int32_t>(i));
    int64_t const index = indices.index(row * depth + i);
    if (index < -size || index >= size) return kOutside;
    place = place * size + (index < 0 ? index + size : index);
  }
  return place;
}

template <class T>
void combine(std::string const& reduction, T const* from, T* to, int64_t count) {
  auto const each = [&](auto const& operation) {
    std::transform(from, from + count, to, to, operation);
  };
  if (reduction == "none") return std::copy_n(from, count, to), void();
  if (reduction == "add") return each([](T update, T old) { return static_cast<T>(old + update); });
  if (reduction == "mul") return each([](T update, T old) { return static_cast<T>(old * update); });
  if (reduction == "min") return each([](T update, T old) { return std::min(old, update); });
  each([](T update, T old) { return std::max(old, update); });
}

/// The first row of indices that is out of range, or kOutside when all are in.
template <class T>
int64_t scatter(std::string const& reduction, Run const& run) {
  Tensor const &data = run.in[0], &indices = run.in[1];
  int32_t const last = indices.dims.nbDims - 1;
  int64_t rows = 1, slice = 1;
  for (int32_t i = 0; i < last; ++i) rows *= indices.extent(i);
  for (auto i = static_cast<int32_t>(indices.extent(last)); i < data.dims.nbDims; ++i) {
    slice *= data.extent(i);
  }
  auto* out = run.out[0].as<T>();
  std::copy_n(data.as<T const>(), data.volume(), out);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t const place = placeOf(data, indices, row);
    if (place == kOutside) return row;
    combine(reduction, run.in[2].as<T const>() + row * slice, out + place * slice, slice);
  }
  return kOutside;
}

}  // namespace

void ScatterNdParameters::check(AttributeReader& reader) const {
  if (std::find(kUpdateReductions.begin(), kUpdateReductions.end(), reduction) !=
      kUpdateReductions.end())
    return;
  reader.fail("attribute reduction is \"" + reduction +
              "\", it must be \"none\", \"add\", \"mul\", \"min\" or \"max\"");
}

Signature ScatterNd::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Number, Element::Index, Element::Number};
  static constexpr Element kOutputs[] = {Element::Number};
  return {kInputs, 3, kOutputs};
}

bool ScatterNd::shapes(ShapeRules const& rules,
                       std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (rules.in[0].nbDims < 1 || rules.in[1].nbDims < 1) {
    return fail("data and indices must have at least one dimension");
  }
  outputs[0] = rules.in[0];
  return true;
}

bool ScatterNd::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &data = in[0], &indices = in[1], &updates = in[2];
  int32_t const last = indices.dims.nbDims - 1;
  int64_t const depth = indices.extent(last);
  if (depth < 1 || depth > data.dims.nbDims) {
    return fail("the last dimension of indices is " + std::to_string(depth) +
                ", it must be from 1 to the " + std::to_string(data.dims.nbDims) +
                " dimensions of data");
  }
  auto const first = static_cast<int32_t>(depth);
  int32_t const rank = last + data.dims.nbDims - first;
  if (updates.dims.nbDims != rank) {
    return fail("updates has " + std::to_string(updates.dims.nbDims) +
                " dimensions, it must have " + std::to_string(rank));
  }
  for (int32_t i = 0; i < rank; ++i) {
    int64_t const wanted = i < last ? indices.extent(i) : data.extent(first + i - last);
    if (!hasExtent(updates, "updates", i, wanted)) return false;
  }
  return true;
}

bool ScatterNd::compute(Run const& run) const noexcept {
  std::string const& reduction = parameters().reduction;
  using nvinfer1::DataType;
  DataType const type = run.in[0].type;
  int64_t const bad = type == DataType::kINT32   ? scatter<int32_t>(reduction, run)
                      : type == DataType::kINT64 ? scatter<int64_t>(reduction, run)
                                                 : scatter<float>(reduction, run);
  return bad == kOutside ||
         fail("row " + std::to_string(bad) + " of indices names an element that data has not");
}

}  // namespace shipped
