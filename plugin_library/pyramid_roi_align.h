// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// PyramidROIAlign_TRT: pools each region from the map of a pyramid that fits its size.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct PyramidRoiAlignParameters {
  int32_t fpnScale = 224;  ///< side of the regions from which on the third map is used
  int32_t pooledSize = 7;
  Integers imageSize{1024, 1024};  ///< height, width
  int32_t absolute = 1;            ///< corners are in pixels of the image; else from 0 to 1
  int32_t swap = 0;                ///< corners are (y1, x1, y2, x2); else (x1, y1, x2, y2)
  int32_t plusOne = 0;             ///< a pixel is added to each side when the map is chosen
  /// 2: centres of pixels lie half a pixel inside, 1: those of cells only, 0: neither, -1: corners
  /// of maps and of cells lie on each other.
  int32_t transform = 2;
  int32_t samplingRatio = 0;  ///< samples of a cell along each axis; 0: as many as it has pixels
  int32_t legacy = 0;         ///< what the plugin did before it had most of these

  template <class Visitor>
  void visit(Visitor& v) {
    v("fpn_scale", fpnScale, kPositive);
    v("pooled_size", pooledSize, kPositive);
    v("image_size", imageSize, kPositive);
    v("roi_coords_absolute", absolute, kSwitch);
    v("roi_coords_swap", swap, kSwitch);
    v("roi_coords_plusone", plusOne, kSwitch);
    v("roi_coords_transform", transform, Range{-1, 2});
    v("sampling_ratio", samplingRatio, kNotNegative);
    v("legacy", legacy, kSwitch);
  }
  void check(AttributeReader& reader) const;
};

/// Regions [batch, regions, 4] and four maps [batch, channels, …, …], the largest first, in;
/// [batch, regions, channels, pooled size, pooled size] out.
class PyramidRoiAlign final : public PluginOf<PyramidRoiAlignParameters> {
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
