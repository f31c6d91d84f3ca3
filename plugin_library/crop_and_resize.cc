// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bilinear samples, the corners of a region on the centres of the outer pixels.
#include "plugin_library/crop_and_resize.h"

#include <algorithm>
#include <cmath>

namespace shipped {

namespace {

/// The two pixels around a sample on one axis, and how far it lies towards the second.
struct Between {
  int64_t low, high;
  float part;
  bool inside;
};

Between between(float first, float last, int64_t index, int64_t cells, int64_t size) {
  auto const scale = static_cast<float>(size - 1);
  float const start = first * scale, end = last * scale;
  float const step = cells > 1 ? (end - start) / static_cast<float>(cells - 1) : 0;
  float const at = cells > 1 ? start + static_cast<float>(index) * step : 0.5F * (start + end);
  if (!(at >= 0 && at <= scale)) return {0, 0, 0, false};
  float const low = std::floor(at);
  return {static_cast<int64_t>(low), static_cast<int64_t>(std::ceil(at)), at - low, true};
}

float sample(float const* map, int64_t width, Between const& y, Between const& x) {
  if (!y.inside || !x.inside) return 0;
  float const *top = map + y.low * width, *bottom = map + y.high * width;
  float const upper = top[x.low] + (top[x.high] - top[x.low]) * x.part;
  float const lower = bottom[x.low] + (bottom[x.high] - bottom[x.low]) * x.part;
  return upper + (lower - upper) * y.part;
}

}  // namespace

Signature CropAndResize::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 2, kOutputs};
}

bool CropAndResize::shapes(ShapeRules const& rules,
                           std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "feature_maps", {4}) || !hasRank(rules, 1, "rois", {3, 4})) return false;
  auto const& maps = rules.in[0];
  outputs[0] =
      ShapeRules::shape({maps.d[0], rules.in[1].d[1], maps.d[1], rules.number(parameters().height),
                         rules.number(parameters().width)});
  return true;
}

bool CropAndResize::fits(std::span<Tensor const> in) const noexcept {
  return hasExtent(in[1], "rois", 0, in[0].extent(0)) && hasExtent(in[1], "rois", 2, 4) &&
         (in[1].dims.nbDims == 3 || hasExtent(in[1], "rois", 3, 1));
}

bool CropAndResize::compute(Run const& run) const noexcept {
  Tensor const& maps = run.in[0];
  int64_t const channels = maps.extent(1), height = maps.extent(2), width = maps.extent(3);
  int64_t const regions = run.in[1].extent(1);
  float* out = run.out[0].reals();
  for (int64_t region = 0; region < maps.extent(0) * regions; ++region) {
    float const* box = run.in[1].reals() + 4 * region;
    for (int64_t channel = 0; channel < channels; ++channel) {
      float const* map = maps.reals() + (region / regions * channels + channel) * height * width;
      for (int64_t row = 0; row < parameters().height; ++row) {
        Between const y = between(box[0], box[2], row, parameters().height, height);
        for (int64_t column = 0; column < parameters().width; ++column) {
          *out++ =
              sample(map, width, y, between(box[1], box[3], column, parameters().width, width));
        }
      }
    }
  }
  return true;
}

}  // namespace shipped
