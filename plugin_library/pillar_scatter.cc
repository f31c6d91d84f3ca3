// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A walk over the valid pillars of each frame.
#include "plugin_library/pillar_scatter.h"

#include <algorithm>

namespace shipped {

void PillarScatterParameters::check(AttributeReader& reader) const {
  if (denseShape.size() == 2) return;
  reader.fail("attribute dense_shape has " + std::to_string(denseShape.size()) +
              " values, it must have 2: height and width");
}

Signature PillarScatter::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Int32, Element::Int32};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 3, kOutputs};
}

bool PillarScatter::shapes(ShapeRules const& rules,
                           std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "voxels", {3}) || !hasRank(rules, 1, "voxel_coords", {3}) ||
      !hasRank(rules, 2, "num_pillar", {1})) {
    return false;
  }
  Integers const& dense = parameters().denseShape;
  outputs[0] = ShapeRules::shape(
      {rules.in[0].d[0], rules.in[0].d[2], rules.number(dense[0]), rules.number(dense[1])});
  return true;
}

bool PillarScatter::fits(std::span<Tensor const> in) const noexcept {
  return hasExtent(in[1], "voxel_coords", 0, in[0].extent(0)) &&
         hasExtent(in[1], "voxel_coords", 1, in[0].extent(1)) &&
         hasExtent(in[1], "voxel_coords", 2, 4) &&
         hasExtent(in[2], "num_pillar", 0, in[0].extent(0));
}

bool PillarScatter::compute(Run const& run) const noexcept {
  int64_t const pillars = run.in[0].extent(1), channels = run.in[0].extent(2);
  int64_t const height = parameters().denseShape[0], width = parameters().denseShape[1];
  std::fill_n(run.out[0].reals(), run.out[0].volume(), 0.0F);
  for (int64_t frame = 0; frame < run.in[0].extent(0); ++frame) {
    int64_t const valid = std::min<int64_t>(run.in[2].as<int32_t>()[frame], pillars);
    float* map = run.out[0].reals() + frame * channels * height * width;
    for (int64_t pillar = frame * pillars; pillar < frame * pillars + valid; ++pillar) {
      int32_t const* place = run.in[1].as<int32_t>() + 4 * pillar;
      int32_t const y = place[2], x = place[3];
      if (y < 0 || y >= height || x < 0 || x >= width) {
        return fail("pillar " + std::to_string(pillar % pillars) + " of frame " +
                    std::to_string(frame) + " lies at y = " + std::to_string(y) +
                    ", x = " + std::to_string(x) + ", outside dense_shape");
      }
      float const* features = run.in[0].reals() + pillar * channels;
      for (int64_t c = 0; c < channels; ++c) map[(c * height + y) * width + x] = features[c];
    }
  }
  return true;
}

}  // namespace shipped
