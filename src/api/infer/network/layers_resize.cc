// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents by number, by scale or by a shape tensor.
#include "api/infer/network/layers_resize.h"

#include <algorithm>

namespace tenon::api {

using ops::Resize;

namespace {

constexpr KindRow<nvinfer1::InterpolationMode, ops::ResizeMode> kModes[] = {
    {nvinfer1::InterpolationMode::kNEAREST, ops::ResizeMode::Nearest},
    {nvinfer1::InterpolationMode::kLINEAR, ops::ResizeMode::Linear},
    {nvinfer1::InterpolationMode::kCUBIC, ops::ResizeMode::Cubic},
};
constexpr KindRow<nvinfer1::ResizeCoordinateTransformation, ops::Coordinates> kTransformations[] = {
    {nvinfer1::ResizeCoordinateTransformation::kALIGN_CORNERS, ops::Coordinates::AlignCorners},
    {nvinfer1::ResizeCoordinateTransformation::kASYMMETRIC, ops::Coordinates::Asymmetric},
    {nvinfer1::ResizeCoordinateTransformation::kHALF_PIXEL, ops::Coordinates::HalfPixel},
};
constexpr KindRow<nvinfer1::ResizeRoundMode, ops::Rounding> kRoundings[] = {
    {nvinfer1::ResizeRoundMode::kHALF_UP, ops::Rounding::HalfUp},
    {nvinfer1::ResizeRoundMode::kHALF_DOWN, ops::Rounding::HalfDown},
    {nvinfer1::ResizeRoundMode::kFLOOR, ops::Rounding::Floor},
    {nvinfer1::ResizeRoundMode::kCEIL, ops::Rounding::Ceil},
};

}  // namespace

void ResizeLayer::setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index != 1) return LayerOf::setInput(index, tensor);
  const ops::Content* extents = network_.content_of(tensor, "the extents of a resize layer");
  if (extents == nullptr) return;
  change<Resize>([&](Resize& op) {
    op.scales.clear();
    op.target = *extents;
  });
}

void ResizeLayer::setOutputDimensions(nvinfer1::Dims const& dimensions) noexcept {
  const auto dims = plugin::to_dims(dimensions);
  if (!dims) return;
  change<Resize>([&](Resize& op) {
    op.scales.clear();
    op.target = expr::to_shape(*dims);
  });
}

nvinfer1::Dims ResizeLayer::getOutputDimensions() const noexcept {
  if (!op<Resize>().scales.empty()) return {};
  return plugin::to_nv_dims(op<Resize>().target);
}

void ResizeLayer::setScales(float const* scales, int32_t nbScales) noexcept {
  const expr::Shape& from = node_.input(0)->shape();
  if (scales == nullptr || nbScales < 0 || static_cast<size_t>(nbScales) != from.size()) {
    network_.voice().refuse(Code::InvalidArgument,
                            fmt::format("a resize layer was given {} scales for an input of rank "
                                        "{}",
                                        scales == nullptr ? 0 : nbScales, from.size()));
    return;
  }
  expr::Shape target;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    const auto extent = ops::scaled_extent(from[axis], static_cast<double>(scales[axis]));
    if (!extent) {
      network_.voice().refuse(
          Code::Unsupported,
          fmt::format("axis {} cannot be scaled by {}: its extent is dynamic and the scale no "
                      "simple fraction, or the result is no extent",
                      axis, scales[axis]));
      return;
    }
    target.push_back(*extent);
  }
  change<Resize>([&](Resize& op) {
    op.scales.clear();
    for (const float scale : std::span(scales, from.size())) op.scales.push_back({scale});
    op.target = std::move(target);
  });
}

int32_t ResizeLayer::getScales(int32_t size, float* scales) const noexcept {
  const auto& all = op<Resize>().scales;
  if (all.empty()) return -1;
  const auto count = static_cast<int32_t>(all.size());
  for (int32_t i = 0; scales != nullptr && i < std::min(size, count); ++i) {
    scales[i] = all[static_cast<size_t>(i)].value;
  }
  return count;
}

void ResizeLayer::setResizeMode(nvinfer1::InterpolationMode interpolationMode) noexcept {
  if (const auto mode = to_own(kModes, interpolationMode)) {
    change<Resize>([&](Resize& op) { op.mode = *mode; });
  }
}
nvinfer1::InterpolationMode ResizeLayer::getResizeMode() const noexcept {
  return to_foreign(kModes, op<Resize>().mode);
}

void ResizeLayer::setCoordinateTransformation(
    nvinfer1::ResizeCoordinateTransformation coordTransform) noexcept {
  if (const auto own = to_own(kTransformations, coordTransform)) {
    change<Resize>([&](Resize& op) { op.coordinates = *own; });
  }
}
nvinfer1::ResizeCoordinateTransformation ResizeLayer::getCoordinateTransformation() const noexcept {
  return to_foreign(kTransformations, op<Resize>().coordinates);
}

void ResizeLayer::setSelectorForSinglePixel(nvinfer1::ResizeSelector selector) noexcept {
  change<Resize>(
      [&](Resize& op) { op.single_first = selector == nvinfer1::ResizeSelector::kUPPER; });
}
nvinfer1::ResizeSelector ResizeLayer::getSelectorForSinglePixel() const noexcept {
  return op<Resize>().single_first ? nvinfer1::ResizeSelector::kUPPER
                                   : nvinfer1::ResizeSelector::kFORMULA;
}

void ResizeLayer::setNearestRounding(nvinfer1::ResizeRoundMode value) noexcept {
  if (const auto rounding = to_own(kRoundings, value)) {
    change<Resize>([&](Resize& op) { op.rounding = *rounding; });
  }
}
nvinfer1::ResizeRoundMode ResizeLayer::getNearestRounding() const noexcept {
  return to_foreign(kRoundings, op<Resize>().rounding);
}

void ResizeLayer::setCubicCoeff(float A) noexcept {
  change<Resize>([&](Resize& op) { op.cubic_coefficient = A; });
}
void ResizeLayer::setExcludeOutside(bool excludeFlag) noexcept {
  change<Resize>([&](Resize& op) { op.exclude_outside = excludeFlag; });
}

}  // namespace tenon::api
