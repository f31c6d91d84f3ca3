// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// CropAndResizeDynamic: cuts regions out of feature maps and brings them to one size.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct CropAndResizeParameters {
  int32_t width = 1, height = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("crop_width", width, kPositive, Need::Required);
    v("crop_height", height, kPositive, Need::Required);
  }
};

/// Maps [batch, channels, height, width] and regions (y1, x1, y2, x2), 0 and 1 being the centres of
/// the border's pixels, [batch, regions, 4, 1] in; [batch, regions, channels, crop height, crop
/// width] out, zero outside the map.
class CropAndResize final : public PluginOf<CropAndResizeParameters> {
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
