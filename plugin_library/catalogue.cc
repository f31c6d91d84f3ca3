// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A row a plugin.
#include "plugin_library/catalogue.h"

#include "plugin_library/efficient_nms.h"
#include "plugin_library/roi_align.h"
#include "plugin_library/scatter_elements.h"

namespace shipped {

std::span<Row const> catalogue() {
  static constexpr Row kRows[] = {
      row<EfficientNms<EfficientNmsParameters>>("EfficientNMS_TRT", "1"),
      row<EfficientNms<EfficientNmsTensorFlowParameters>>("EfficientNMS_Explicit_TF_TRT", "1"),
      row<EfficientNmsOnnx>("EfficientNMS_ONNX_TRT", "1"),
      row<RoiAlign>("ROIAlign_TRT", "1"),
      row<RoiAlign>("ROIAlign_TRT", "2"),
      row<ScatterElements>("ScatterElements", "1"),
      row<ScatterElements>("ScatterElements", "2"),
  };
  return kRows;
}

}  // namespace shipped
