// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The layer that changes an image's size.
#pragma once

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

/// Input 1, where it is set, is a shape tensor whose values become the output's extents at once: it
/// is no input of the node, so the layer keeps showing one input.
class ResizeLayer final : public LayerOf<nvinfer1::IResizeLayer, nvinfer1::LayerType::kRESIZE> {
 public:
  using LayerOf::LayerOf;
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  void setOutputDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getOutputDimensions() const noexcept override;
  void setScales(float const* scales, int32_t nbScales) noexcept override;
  int32_t getScales(int32_t size, float* scales) const noexcept override;
  void setResizeMode(nvinfer1::InterpolationMode interpolationMode) noexcept override;
  nvinfer1::InterpolationMode getResizeMode() const noexcept override;
  void setCoordinateTransformation(
      nvinfer1::ResizeCoordinateTransformation coordTransform) noexcept override;
  nvinfer1::ResizeCoordinateTransformation getCoordinateTransformation() const noexcept override;
  void setSelectorForSinglePixel(nvinfer1::ResizeSelector selector) noexcept override;
  nvinfer1::ResizeSelector getSelectorForSinglePixel() const noexcept override;
  void setNearestRounding(nvinfer1::ResizeRoundMode value) noexcept override;
  nvinfer1::ResizeRoundMode getNearestRounding() const noexcept override;
  void setCubicCoeff(float A) noexcept override;
  float getCubicCoeff() const noexcept override { return op<ops::Resize>().cubic_coefficient; }
  void setExcludeOutside(bool excludeFlag) noexcept override;
  bool getExcludeOutside() const noexcept override { return op<ops::Resize>().exclude_outside; }
};

}  // namespace tenon::api
