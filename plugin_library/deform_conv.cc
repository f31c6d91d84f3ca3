// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A few output pixels at a time: their samples are gathered into columns, then multiplied.
#include "plugin_library/deform_conv.h"

#include <algorithm>
#include <cmath>

#include "plugin_library/base/fast.h"

namespace shipped {

namespace {

/// Output pixels that are worked on together.
constexpr int64_t kTile = 32;
constexpr int64_t kRows = 4;

/// The four pixels around a sample and their weights, mask included; outside the map weights are 0.
struct Sample {
  int64_t at[4];
  float weight[4];
};

Sample sampleAt(float y, float x, int64_t height, int64_t width, float mask) {
  Sample made{};
  if (!(y > -1 && x > -1 && y < static_cast<float>(height) && x < static_cast<float>(width))) {
    return made;
  }
  float const top = std::floor(y), left = std::floor(x);
  float const down = y - top, right = x - left;
  for (int i = 0; i < 4; ++i) {
    auto const row = static_cast<int64_t>(top) + i / 2, column = static_cast<int64_t>(left) + i % 2;
    if (row < 0 || row >= height || column < 0 || column >= width) continue;
    made.at[i] = row * width + column;
    made.weight[i] = (i / 2 != 0 ? down : 1 - down) * (i % 2 != 0 ? right : 1 - right) * mask;
  }
  return made;
}

/// Extents and pointers of one image.
struct Image {
  DeformConvParameters const& p;
  float const *x, *offset, *mask;
  int64_t channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth;

  int64_t taps() const { return kernelHeight * kernelWidth; }
  int64_t pixels() const { return outHeight * outWidth; }

  /// Where tap `tap` of deformable group `group` lies for output pixel `pixel`.
  Sample sample(int64_t group, int64_t tap, int64_t pixel) const {
    float const* moved = offset + (group * taps() + tap) * 2 * pixels() + pixel;
    float const weight = mask[(group * taps() + tap) * pixels() + pixel];
    int64_t const row = pixel / outWidth, column = pixel % outWidth;
    int64_t const y = row * p.stride[0] - p.padding[0] + tap / kernelWidth * p.dilation[0];
    int64_t const x0 = column * p.stride[1] - p.padding[1] + tap % kernelWidth * p.dilation[1];
    return sampleAt(static_cast<float>(y) + moved[0], static_cast<float>(x0) + moved[pixels()],
                    height, width, weight);
  }
};

/// Columns [channels × taps, kTile] of the pixels from `first` on; the last ones may be empty.
void gather(Image const& image, int64_t first, float* columns) {
  int64_t const own = image.channels / image.p.deformableGroup, plane = image.height * image.width;
  int64_t const used = std::min(kTile, image.pixels() - first);
  for (int64_t group = 0; group < image.p.deformableGroup; ++group) {
    for (int64_t tap = 0; tap < image.taps(); ++tap) {
      Sample samples[kTile] = {};
      for (int64_t i = 0; i < used; ++i) samples[i] = image.sample(group, tap, first + i);
      for (int64_t channel = group * own; channel < (group + 1) * own; ++channel) {
        float const* map = image.x + channel * plane;
        float* column = columns + (channel * image.taps() + tap) * kTile;
        for (int64_t i = 0; i < kTile; ++i) {
          Sample const& s = samples[i];
          column[i] = s.weight[0] * map[s.at[0]] + s.weight[1] * map[s.at[1]] +
                      s.weight[2] * map[s.at[2]] + s.weight[3] * map[s.at[3]];
        }
      }
    }
  }
}

}  // namespace

/// out[row] = start[row] + weights[row] · columns for `rows` ≤ kRows rows of `depth` weights; a row
/// of `out` has kTile elements.
SHIPPED_FAST void multiplyTile(float const* weights, int64_t rows, int64_t depth,
                               float const* columns, float const* start, float* out) noexcept {
  float sums[kRows][kTile];
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t i = 0; i < kTile; ++i) sums[r][i] = start == nullptr || r >= rows ? 0 : start[r];
  }
  if (rows == kRows) {
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t r = 0; r < kRows; ++r) {
        float const weight = weights[r * depth + k];
        for (int64_t i = 0; i < kTile; ++i) sums[r][i] += weight * columns[k * kTile + i];
      }
    }
  } else {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t k = 0; k < depth; ++k) {
        float const weight = weights[r * depth + k];
        for (int64_t i = 0; i < kTile; ++i) sums[r][i] += weight * columns[k * kTile + i];
      }
    }
  }
  std::copy_n(&sums[0][0], rows * kTile, out);
}

void DeformConvParameters::check(AttributeReader& reader) const {
  for (auto const& [name, list] :
       {std::pair{"stride", &stride}, {"padding", &padding}, {"dilation", &dilation}}) {
    if (list->size() == 2) continue;
    reader.fail(std::string("attribute ") + name + " has " + std::to_string(list->size()) +
                " values, it must have 2: for the height and for the width");
  }
}

Signature DeformConv::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real, Element::Real, Element::Real,
                                        Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 4, kOutputs};
}

bool DeformConv::shapes(ShapeRules const& rules,
                        std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "x", {4}) || !hasRank(rules, 1, "offset", {4}) ||
      !hasRank(rules, 2, "mask", {4}) || !hasRank(rules, 3, "weight", {4}) ||
      (rules.in.size() > 4 && !hasRank(rules, 4, "bias", {1}))) {
    return false;
  }
  outputs[0] =
      ShapeRules::shape({rules.in[0].d[0], rules.in[3].d[0], rules.in[1].d[2], rules.in[1].d[3]});
  return true;
}

bool DeformConv::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &x = in[0], &offset = in[1], &mask = in[2], &weight = in[3];
  DeformConvParameters const& p = parameters();
  int64_t const taps = weight.extent(2) * weight.extent(3);
  if (x.extent(1) % p.group != 0 || weight.extent(0) % p.group != 0 ||
      x.extent(1) % p.deformableGroup != 0) {
    return fail(
        "attribute group must divide the channels of x and of weight, and "
        "deformable_group those of x");
  }
  return hasExtent(weight, "weight", 1, x.extent(1) / p.group) &&
         hasExtent(offset, "offset", 0, x.extent(0)) && hasExtent(mask, "mask", 0, x.extent(0)) &&
         hasExtent(offset, "offset", 1, 2 * taps * p.deformableGroup) &&
         hasExtent(mask, "mask", 1, taps * p.deformableGroup) &&
         hasExtent(mask, "mask", 2, offset.extent(2)) &&
         hasExtent(mask, "mask", 3, offset.extent(3)) &&
         (in.size() < 5 || hasExtent(in[4], "bias", 0, weight.extent(0)));
}

size_t DeformConv::scratchBytes(std::span<Tensor const> in,
                                std::span<Tensor const>) const noexcept {
  int64_t const rows = in[0].extent(1) * in[3].extent(2) * in[3].extent(3);
  return static_cast<size_t>(rows * kTile) * sizeof(float);
}

bool DeformConv::compute(Run const& run) const noexcept {
  Tensor const &x = run.in[0], &weight = run.in[3];
  int64_t const outChannels = weight.extent(0), perGroup = outChannels / parameters().group;
  int64_t const depth = weight.extent(1) * weight.extent(2) * weight.extent(3);
  auto* columns = reinterpret_cast<float*>(run.scratch);
  Image image{parameters(),     x.reals(),           run.in[1].reals(),  run.in[2].reals(),
              x.extent(1),      x.extent(2),         x.extent(3),        weight.extent(2),
              weight.extent(3), run.in[1].extent(2), run.in[1].extent(3)};
  for (int64_t n = 0; n < x.extent(0); ++n) {
    image.x = x.reals() + n * x.extent(1) * x.extent(2) * x.extent(3);
    image.offset = run.in[1].reals() + n * run.in[1].extent(1) * image.pixels();
    image.mask = run.in[2].reals() + n * run.in[2].extent(1) * image.pixels();
    for (int64_t first = 0; first < image.pixels(); first += kTile) {
      gather(image, first, columns);
      int64_t const used = std::min(kTile, image.pixels() - first);
      for (int64_t channel = 0; channel < outChannels;) {
        int64_t const group = channel / perGroup;
        int64_t const rows = std::min(kRows, (group + 1) * perGroup - channel);
        float tile[kRows * kTile];
        multiplyTile(weight.reals() + channel * depth, rows, depth, columns + group * depth * kTile,
                     run.in.size() > 4 ? run.in[4].reals() + channel : nullptr, tile);
        for (int64_t r = 0; r < rows; ++r, ++channel) {
          std::copy_n(tile + r * kTile, used,
                      run.out[0].reals() + (n * outChannels + channel) * image.pixels() + first);
        }
      }
    }
  }
  return true;
}

}  // namespace shipped
