// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ROIAlign_TRT: pools regions of a feature map into maps of one size, as ONNX's RoiAlign.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct RoiAlignParameters {
  int32_t halfPixel = 1;  ///< coordinates are of pixel corners; centres lie half a pixel inside
  int32_t average = 1;    ///< else the maximum
  int32_t outputHeight = 1, outputWidth = 1;
  int32_t samplingRatio = 0;  ///< samples of a cell along each axis; 0: as many as it has pixels
  float spatialScale = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("coordinate_transformation_mode", halfPixel, kSwitch);
    v("mode", average, kSwitch);
    v("output_height", outputHeight, kPositive);
    v("output_width", outputWidth, kPositive);
    v("sampling_ratio", samplingRatio, kNotNegative);
    v("spatial_scale", spatialScale, kAboveZero);
  }
};

/// X [batch, channels, height, width], rois [count, 4] as (x1, y1, x2, y2) and the image of each
/// [count] in; [count, channels, output_height, output_width] out.
class RoiAlign final : public PluginOf<RoiAlignParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

}  // namespace shipped
