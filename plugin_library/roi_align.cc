// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bilinear samples on a grid inside each cell, averaged or their greatest taken.
#include "plugin_library/roi_align.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shipped {

namespace {

/// One axis of a sample: the two pixels around it and their weights.
struct Tap {
  int64_t low, high;
  float lowWeight, highWeight;
  bool inside;
};

/// More than one pixel outside the map a sample is nothing; nearer, it is the border's pixel.
Tap tapAt(float at, int64_t size) {
  if (!(at >= -1.0F && at <= static_cast<float>(size))) return {0, 0, 0, 0, false};
  float const clamped = std::clamp(at, 0.0F, static_cast<float>(size - 1));
  auto const low = static_cast<int64_t>(clamped);
  float const part = clamped - static_cast<float>(low);
  return {low, std::min(low + 1, size - 1), 1 - part, part, true};
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

/// The four pixels around a sample and their weights; all zero outside the map.
struct Corners {
  int64_t at[4];
  float weight[4];
};

Corners cornersOf(Tap const& y, Tap const& x, int64_t width) {
  if (!y.inside || !x.inside) return {};
  int64_t const top = y.low * width, bottom = y.high * width;
  return {{top + x.low, top + x.high, bottom + x.low, bottom + x.high},
          {y.lowWeight * x.lowWeight, y.lowWeight * x.highWeight, y.highWeight * x.lowWeight,
           y.highWeight * x.highWeight}};
}

/// Samples that are looked up together.
constexpr int64_t kBatch = 64;

/// Feature maps of one image, and the cells of one region for the first of them.
struct Planes {
  float const* maps;
  float* cells;
  int64_t channels, size, cellsEach;
};

/// Adds `count` samples of one cell to the sums, or greatest numbers, of all channels. The first
/// samples of a cell are its first greatest numbers.
void pool(Planes const& planes, Corners const* samples, int64_t count, bool average, bool first) {
  for (int64_t channel = 0; channel < planes.channels; ++channel) {
    float const* map = planes.maps + channel * planes.size;
    float& cell = planes.cells[channel * planes.cellsEach];
    float value = !first ? cell : average ? 0 : -std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < count; ++i) {
      Corners const& s = samples[i];
      float const a = s.weight[0] * map[s.at[0]], b = s.weight[1] * map[s.at[1]];
      float const c = s.weight[2] * map[s.at[2]], d = s.weight[3] * map[s.at[3]];
      value = average ? value + (a + b + c + d) : std::max({value, a, b, c, d});
    }
    cell = value;
  }
}

void poolCell(Planes const& planes, int64_t height, int64_t width, Side const& ys, int64_t row,
              Side const& xs, int64_t column, bool average) {
  int64_t const total = ys.samples * xs.samples;
  Corners samples[kBatch];
  for (int64_t start = 0; start < total; start += kBatch) {
    int64_t const count = std::min(kBatch, total - start);
    for (int64_t i = 0; i < count; ++i) {
      int64_t const at = start + i;
      samples[i] = cornersOf(ys.tap(row, at / xs.samples, height),
                             xs.tap(column, at % xs.samples, width), width);
    }
    pool(planes, samples, count, average, start == 0);
  }
  for (int64_t channel = 0; channel < planes.channels; ++channel) {
    float& cell = planes.cells[channel * planes.cellsEach];
    if (total == 0) cell = 0;
    if (average && total > 0) cell /= static_cast<float>(total);
  }
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
        poolCell(planes, height, width, ys, row, xs, column, p.average != 0);
      }
    }
  }
  return true;
}

}  // namespace shipped
