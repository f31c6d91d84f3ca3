// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bilinear samples, whole heads at a time.
#include "plugin_library/deform_attention.h"

#include <algorithm>
#include <cmath>

#include "plugin_library/base/fast.h"

namespace shipped {

/// y += x * factor.
SHIPPED_FAST void addScaled(float const* x, float factor, float* y, int64_t count) noexcept {
  for (int64_t i = 0; i < count; ++i) y[i] += x[i] * factor;
}

namespace {

/// One feature map of one image; its pixels lie `stride` numbers apart.
struct Map {
  float const* value;
  int64_t height, width, stride;
};

/// Adds the sample of one head at (x, y), in pixels of the map, times `weight`.
void addSample(Map const& map, float x, float y, float weight, int64_t head, int64_t depth,
               float* out) {
  auto const height = static_cast<float>(map.height), width = static_cast<float>(map.width);
  if (!(y > -1 && x > -1 && y < height && x < width)) return;
  float const top = std::floor(y), left = std::floor(x);
  float const down = y - top, right = x - left;
  for (int i = 0; i < 4; ++i) {
    auto const row = static_cast<int64_t>(top) + i / 2, column = static_cast<int64_t>(left) + i % 2;
    if (row < 0 || row >= map.height || column < 0 || column >= map.width) continue;
    float const part = (i / 2 != 0 ? down : 1 - down) * (i % 2 != 0 ? right : 1 - right);
    addScaled(map.value + (row * map.width + column) * map.stride + head * depth, part * weight,
              out, depth);
  }
}

}  // namespace

Signature DeformAttention::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Index, Element::Index,
                                        Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 5, kOutputs};
}

bool DeformAttention::shapes(ShapeRules const& rules,
                             std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "value", {4}) || !hasRank(rules, 1, "spatial_shapes", {2}) ||
      !hasRank(rules, 2, "level_start_index", {1}) ||
      !hasRank(rules, 3, "sampling_locations", {6}) ||
      !hasRank(rules, 4, "attention_weights", {5})) {
    return false;
  }
  auto const& value = rules.in[0];
  outputs[0] = ShapeRules::shape({value.d[0], rules.in[3].d[1], value.d[2], value.d[3]});
  return true;
}

bool DeformAttention::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &value = in[0], &points = in[3], &weights = in[4];
  bool good = hasExtent(in[1], "spatial_shapes", 1, 2) &&
              hasExtent(in[2], "level_start_index", 0, in[1].extent(0)) &&
              hasExtent(points, "sampling_locations", 0, value.extent(0)) &&
              hasExtent(points, "sampling_locations", 2, value.extent(2)) &&
              hasExtent(points, "sampling_locations", 3, in[1].extent(0)) &&
              hasExtent(points, "sampling_locations", 5, 2);
  for (int32_t i = 0; i < 5; ++i) {
    good = good && hasExtent(weights, "attention_weights", i, points.extent(i));
  }
  return good;
}

bool DeformAttention::compute(Run const& run) const noexcept {
  Tensor const &value = run.in[0], &points = run.in[3];
  int64_t const pixels = value.extent(1), heads = value.extent(2), depth = value.extent(3);
  int64_t const queries = points.extent(1), maps = points.extent(3), count = points.extent(4);
  for (int64_t level = 0; level < maps; ++level) {
    int64_t const height = run.in[1].index(2 * level), width = run.in[1].index(2 * level + 1);
    int64_t const start = run.in[2].index(level);
    if (height < 0 || width < 0 || start < 0 || start + height * width > pixels) {
      return fail("map " + std::to_string(level) + " of " + std::to_string(height) + " x " +
                  std::to_string(width) + " pixels from pixel " + std::to_string(start) +
                  " on does not lie in value, which has " + std::to_string(pixels));
    }
  }
  float* out = run.out[0].reals();
  std::fill_n(out, run.out[0].volume(), 0.0F);
  float const *point = points.reals(), *weight = run.in[4].reals();
  for (int64_t row = 0; row < value.extent(0) * queries * heads; ++row, out += depth) {
    float const* image = value.reals() + row / (queries * heads) * pixels * heads * depth;
    for (int64_t level = 0; level < maps; ++level) {
      Map const map{image + run.in[2].index(level) * heads * depth, run.in[1].index(2 * level),
                    run.in[1].index(2 * level + 1), heads * depth};
      for (int64_t i = 0; i < count; ++i, point += 2, ++weight) {
        float const x = point[0] * static_cast<float>(map.width) - 0.5F;
        float const y = point[1] * static_cast<float>(map.height) - 0.5F;
        addSample(map, x, y, *weight, row % heads, depth, out);
      }
    }
  }
  return true;
}

}  // namespace shipped
