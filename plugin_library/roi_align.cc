// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A grid of samples inside each cell.
#include "plugin_library/roi_align.h"

#include <algorithm>
#include <cmath>

#include "plugin_library/roi_pool.h"

namespace shipped {

namespace {

/// More than one pixel outside the map a sample is nothing; nearer, it is the border's pixel.
Tap tapAt(float at, int64_t size) {
  if (!(at >= -1.0F && at <= static_cast<float>(size))) return {0, 0, 0, 0, false};
  return tapBetween(std::clamp(at, 0.0F, static_cast<float>(size - 1)), size);
}

/// A region along one axis, in pixels of the map.
struct Side {
  float start, cell;
  int64_t samples;

  Tap tap(int64_t index, int64_t sample, int64_t size) const {
    float const step = cell / static_cast<float>(samples);
    float const inCell = (static_cast<float>(sample) + 0.5F) * step;
    return tapAt(start + static_cast<float>(index) * cell + inCell, size);
  }
};

Side sideOf(RoiAlignParameters const& p, float first, float last, int32_t cells) {
  float const shift = p.halfPixel != 0 ? 0.5F : 0.0F;
  float const start = first * p.spatialScale - shift;
  float length = last * p.spatialScale - shift - start;
  // The older convention has no region smaller than a pixel.
  if (p.halfPixel == 0) length = std::max(length, 1.0F);
  float const cell = length / static_cast<float>(cells);
  // Whatever a region says, a grid of samples stays within reason.
  float const own = std::clamp(std::ceil(cell), 0.0F, 1e6F);
  return {start, cell, p.samplingRatio > 0 ? p.samplingRatio : static_cast<int64_t>(own)};
}

}  // namespace

Signature RoiAlign::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real, Element::Index};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 3, kOutputs};
}

bool RoiAlign::shapes(ShapeRules const& rules,
                      std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "X", {4}) || !hasRank(rules, 1, "rois", {2}) ||
      !hasRank(rules, 2, "batch_indices", {1})) {
    return false;
  }
  outputs[0] = ShapeRules::shape({rules.in[1].d[0], rules.in[0].d[1],
                                  rules.number(parameters().outputHeight),
                                  rules.number(parameters().outputWidth)});
  return true;
}

bool RoiAlign::fits(std::span<Tensor const> in) const noexcept {
  return hasExtent(in[1], "rois", 1, 4) && hasExtent(in[2], "batch_indices", 0, in[1].extent(0));
}

bool RoiAlign::compute(Run const& run) const noexcept {
  RoiAlignParameters const& p = parameters();
  Tensor const& x = run.in[0];
  int64_t const channels = x.extent(1), height = x.extent(2), width = x.extent(3);
  float* out = run.out[0].reals();
  for (int64_t roi = 0; roi < run.in[1].extent(0); ++roi) {
    float const* corners = run.in[1].reals() + 4 * roi;
    int64_t const image = run.in[2].index(roi);
    if (image < 0 || image >= x.extent(0)) {
      return fail("batch_indices[" + std::to_string(roi) + "] is " + std::to_string(image) +
                  ", but X has " + std::to_string(x.extent(0)) + " images");
    }
    Side const ys = sideOf(p, corners[1], corners[3], p.outputHeight);
    Side const xs = sideOf(p, corners[0], corners[2], p.outputWidth);
    int64_t const cells = int64_t{p.outputHeight} * p.outputWidth;
    Planes planes{x.reals() + image * channels * height * width, out + roi * channels * cells,
                  channels, height * width, cells};
    for (int64_t row = 0; row < p.outputHeight; ++row) {
      for (int64_t column = 0; column < p.outputWidth; ++column, ++planes.cells) {
        auto const rowTap = [&](int64_t i) { return ys.tap(row, i, height); };
        auto const columnTap = [&](int64_t i) { return xs.tap(column, i, width); };
        poolCell(planes, width, ys.samples, rowTap, xs.samples, columnTap, p.average != 0);
      }
    }
  }
  return true;
}

}  // namespace shipped
