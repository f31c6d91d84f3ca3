// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One walk over the updates, one combination for each reduction.
#include "plugin_library/scatter_elements.h"

#include <algorithm>
#include <array>

namespace shipped {

namespace {

constexpr std::array<char const*, 5> kReductions = {"none", "add", "mul", "min", "max"};
constexpr int64_t kBad = -1;

/// Where updates go: data as [outer, size, inner] around the axis, each outer and inner part of the
/// updates a leading block of the data's.
struct Walk {
  Tensor const &data, &indices;
  int32_t axis;

  /// Calls visit(update, target) for each update in order; returns the first update whose index is
  /// out of range, or kBad when all are in.
  template <class Visit>
  int64_t each(Visit const& visit) const {
    int32_t const rank = data.dims.nbDims;
    std::array<int64_t, nvinfer1::Dims::MAX_DIMS> at{}, stride{};
    int64_t step = 1;
    for (int32_t i = rank; i-- > 0; step *= data.extent(i)) stride[static_cast<size_t>(i)] = step;
    int64_t const count = indices.volume(), size = data.extent(axis);
    for (int64_t update = 0; update < count; ++update) {
      int64_t const index = indices.index(update);
      if (index < -size || index >= size) return update;
      int64_t target = (index < 0 ? index + size : index) * stride[static_cast<size_t>(axis)];
      for (int32_t i = 0; i < rank; ++i) {
        if (i != axis) target += at[static_cast<size_t>(i)] * stride[static_cast<size_t>(i)];
      }
      visit(update, target);
      for (int32_t i = rank; i-- > 0;) {
        if (++at[static_cast<size_t>(i)] < indices.extent(i)) break;
        at[static_cast<size_t>(i)] = 0;
      }
    }
    return kBad;
  }
};

template <class T>
int64_t combine(std::string const& reduction, Walk const& walk, Run const& run) {
  int64_t const volume = run.out[0].volume();
  auto const* updates = run.in[2].as<T const>();
  auto* out = run.out[0].as<T>();
  std::copy_n(run.in[0].as<T const>(), volume, out);
  if (reduction == "none") {
    return walk.each([&](int64_t from, int64_t to) { out[to] = updates[from]; });
  }
  if (reduction == "add") {
    return walk.each([&](int64_t from, int64_t to) { out[to] += updates[from]; });
  }
  if (reduction == "mul") {
    return walk.each([&](int64_t from, int64_t to) { out[to] *= updates[from]; });
  }
  if (reduction == "min") {
    return walk.each([&](int64_t from, int64_t to) { out[to] = std::min(out[to], updates[from]); });
  }
  return walk.each([&](int64_t from, int64_t to) { out[to] = std::max(out[to], updates[from]); });
}

}  // namespace

void ScatterElementsParameters::check(AttributeReader& reader) const {
  if (std::find(kReductions.begin(), kReductions.end(), reduction) != kReductions.end()) return;
  reader.fail("attribute reduction is \"" + reduction +
              "\", it must be \"none\", \"add\", \"mul\", \"min\" or \"max\"");
}

Signature ScatterElements::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Number, Element::Index, Element::Number};
  static constexpr Element kOutputs[] = {Element::Number};
  return {kInputs, 3, kOutputs};
}

bool ScatterElements::shapes(ShapeRules const& rules,
                             std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  int32_t const rank = rules.in[0].nbDims, axis = parameters().axis;
  if (rank < 1) return fail("data must have at least one dimension");
  if (!hasRank(rules, 1, "indices", {rank}) || !hasRank(rules, 2, "updates", {rank})) return false;
  if (axis < -rank || axis >= rank) {
    return fail("attribute axis is " + std::to_string(axis) + ", it must be from " +
                std::to_string(-rank) + " to " + std::to_string(rank - 1) + " for data of " +
                std::to_string(rank) + " dimensions");
  }
  outputs[0] = rules.in[0];
  return true;
}

bool ScatterElements::fits(std::span<Tensor const> in) const noexcept {
  int32_t const rank = in[0].dims.nbDims;
  int32_t const axis = parameters().axis < 0 ? parameters().axis + rank : parameters().axis;
  for (int32_t i = 0; i < rank; ++i) {
    if (!hasExtent(in[2], "updates", i, in[1].extent(i))) return false;
    if (i != axis && in[1].extent(i) > in[0].extent(i)) {
      return fail("dimension " + std::to_string(i) + " of indices is " +
                  std::to_string(in[1].extent(i)) + ", but that of data is " +
                  std::to_string(in[0].extent(i)));
    }
  }
  return true;
}

bool ScatterElements::compute(Run const& run) const noexcept {
  int32_t const rank = run.in[0].dims.nbDims;
  Walk const walk{run.in[0], run.in[1],
                  parameters().axis < 0 ? parameters().axis + rank : parameters().axis};
  std::string const& reduction = parameters().reduction;
  int64_t const bad =
      run.in[0].type == nvinfer1::DataType::kINT32   ? combine<int32_t>(reduction, walk, run)
      : run.in[0].type == nvinfer1::DataType::kINT64 ? combine<int64_t>(reduction, walk, run)
                                                     : combine<float>(reduction, walk, run);
  if (bad == kBad) return true;
  return fail("element " + std::to_string(bad) + " of indices is " +
              std::to_string(run.in[1].index(bad)) + ", but axis " + std::to_string(walk.axis) +
              " of data has " + std::to_string(run.in[0].extent(walk.axis)) + " elements");
}

}  // namespace shipped
