// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Regions as parts of the image, the map for each, and its cells.
#include "plugin_library/pyramid_roi_align.h"

#include <algorithm>
#include <cmath>

#include "plugin_library/roi_pool.h"

namespace shipped {

namespace {

constexpr size_t kMaps = 4;

/// `value` from 0 to `limit`; `limit` for what is no number.
float within(float value, float limit) { return std::max(0.0F, std::min(limit, value)); }

/// The parameters as they act.
struct Rules {
  float height, width;  ///< of the image
  float limit;          ///< the area, in images, up to which the first map is used
  int32_t transform, pooledSize, samplingRatio;
  bool absolute, swap, plusOne;
};

Rules rulesOf(PyramidRoiAlignParameters const& p) {
  auto const height = static_cast<float>(p.imageSize[0]);
  auto const width = static_cast<float>(p.imageSize[1]);
  if (p.legacy != 0) {
    // This form knew images of 1024 × 1024 only.
    constexpr float kLimit = 224.0F * 224.0F * 2 / (1024.0F * 1024.0F) / 16;
    return {height, width, kLimit, -1, p.pooledSize, 1, false, true, false};
  }
  auto const scale = static_cast<float>(p.fpnScale);
  return {height,          width,        scale * scale / (height * width) / 4,
          p.transform,     p.pooledSize, p.samplingRatio,
          p.absolute != 0, p.swap != 0,  p.plusOne != 0};
}

/// A region, from 0 to 1 along each axis of the image.
struct Region {
  float y1, x1, y2, x2;
};

Region regionOf(Rules const& rules, float const* corners) {
  float const height = rules.absolute ? rules.height : 1;
  float const width = rules.absolute ? rules.width : 1;
  float const *first = corners, *last = corners + 2;
  int const y = rules.swap ? 0 : 1, x = 1 - y;
  return {within(std::min(first[y], last[y]), height) / height,
          within(std::min(first[x], last[x]), width) / width,
          within(std::max(first[y], last[y]), height) / height,
          within(std::max(first[x], last[x]), width) / width};
}

/// The map whose cells suit a region's area: each next one is for four times as much.
size_t mapOf(Rules const& rules, Region const& region) {
  float const moreHigh = rules.plusOne ? 1 / rules.height : 0;
  float const moreWide = rules.plusOne ? 1 / rules.width : 0;
  float const area = (region.y2 - region.y1 + moreHigh) * (region.x2 - region.x1 + moreWide);
  float limit = rules.limit;
  size_t map = 0;
  for (; map + 1 < kMaps && area > limit; limit *= 4) ++map;
  return map;
}

/// A region along one axis of its map.
struct Line {
  float start, cell, centre;
  int64_t samples, size;

  Tap tap(int64_t index, int64_t sample) const {
    float const at = (static_cast<float>(sample) + centre) / static_cast<float>(samples);
    return tapBetween(
        within(start + cell * static_cast<float>(index) + cell * at, static_cast<float>(size - 1)),
        size);
  }
};

Line lineOf(Rules const& rules, float from, float to, int64_t size) {
  bool const onCorners = rules.transform == -1;
  auto const extent = static_cast<float>(onCorners ? size - 1 : size);
  float const shift = rules.transform == 2 ? 0.5F : 0;
  float const start = from * extent - shift, length = to * extent - shift - start;
  auto const cells = static_cast<float>(rules.pooledSize);
  auto const own = static_cast<int64_t>(std::ceil(length / cells));
  return {start, length / (onCorners ? cells - 1 : cells), rules.transform > 0 ? 0.5F : 0.0F,
          rules.samplingRatio > 0 ? rules.samplingRatio : std::max<int64_t>(own, 1), size};
}

void poolRegion(Rules const& rules, Region const& region, Tensor const& map, Planes planes) {
  int64_t const width = map.extent(3);
  Line const ys = lineOf(rules, region.y1, region.y2, map.extent(2));
  Line const xs = lineOf(rules, region.x1, region.x2, width);
  for (int64_t cell = 0; cell < planes.cellsEach; ++cell, ++planes.cells) {
    auto const y = [&](int64_t i) { return ys.tap(cell / rules.pooledSize, i); };
    auto const x = [&](int64_t i) { return xs.tap(cell % rules.pooledSize, i); };
    poolCell(planes, width, ys.samples, y, xs.samples, x, true);
  }
}

}  // namespace

void PyramidRoiAlignParameters::check(AttributeReader& reader) const {
  if (imageSize.size() != 2) {
    reader.fail("attribute image_size has " + std::to_string(imageSize.size()) +
                " values, it must have two");
  }
  if (pooledSize == 1 && (legacy != 0 || transform == -1)) {
    reader.fail(
        "attribute pooled_size is 1, it must be at least 2 where corners lie on each other "
        "(roi_coords_transform -1, or legacy)");
  }
}

Signature PyramidRoiAlign::signature() const noexcept {
  static constexpr Element kReal[] = {Element::Real, Element::Real, Element::Real, Element::Real,
                                      Element::Real};
  return {kReal, kMaps + 1, std::span(kReal).first(1)};
}

bool PyramidRoiAlign::shapes(ShapeRules const& rules,
                             std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "rois", {3})) return false;
  for (size_t i = 1; i <= kMaps; ++i) {
    if (!hasRank(rules, i, "feature_map", {4})) return false;
  }
  auto const* cells = rules.number(parameters().pooledSize);
  outputs[0] =
      ShapeRules::shape({rules.in[0].d[0], rules.in[0].d[1], rules.in[1].d[1], cells, cells});
  return true;
}

bool PyramidRoiAlign::fits(std::span<Tensor const> in) const noexcept {
  bool good = hasExtent(in[0], "rois", 2, 4);
  for (size_t i = 1; i <= kMaps; ++i) {
    good = good && hasExtent(in[i], "a feature_map", 0, in[0].extent(0)) &&
           hasExtent(in[i], "a feature_map", 1, in[1].extent(1));
    if (good && (in[i].extent(2) < 1 || in[i].extent(3) < 1)) {
      return fail("input " + std::to_string(i) + " is a feature_map without pixels");
    }
  }
  return good;
}

bool PyramidRoiAlign::compute(Run const& run) const noexcept {
  Rules const rules = rulesOf(parameters());
  int64_t const regions = run.in[0].extent(1), channels = run.in[1].extent(1);
  int64_t const cells = int64_t{rules.pooledSize} * rules.pooledSize;
  for (int64_t i = 0; i < run.in[0].extent(0) * regions; ++i) {
    Region const region = regionOf(rules, run.in[0].reals() + 4 * i);
    Tensor const& map = run.in[1 + mapOf(rules, region)];
    int64_t const size = map.extent(2) * map.extent(3);
    poolRegion(rules, region, map,
               {map.reals() + i / regions * channels * size,
                run.out[0].reals() + i * channels * cells, channels, size, cells});
  }
  return true;
}

}  // namespace shipped
