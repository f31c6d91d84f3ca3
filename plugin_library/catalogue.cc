// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A row a plugin.
#include "plugin_library/catalogue.h"

#include "plugin_library/batched_nms.h"
#include "plugin_library/crop_and_resize.h"
#include "plugin_library/deform_attention.h"
#include "plugin_library/deform_conv.h"
#include "plugin_library/disentangled_attention.h"
#include "plugin_library/efficient_nms.h"
#include "plugin_library/embedding.h"
#include "plugin_library/gelu.h"
#include "plugin_library/normalization.h"
#include "plugin_library/pillar_scatter.h"
#include "plugin_library/roi_align.h"
#include "plugin_library/scatter_elements.h"
#include "plugin_library/scatter_nd.h"
#include "plugin_library/topk_last_dim.h"

namespace shipped {

std::span<Row const> catalogue() {
  static constexpr Row kRows[] = {
      row<EfficientNms<EfficientNmsParameters>>("EfficientNMS_TRT", "1"),
      row<EfficientNms<EfficientNmsTensorFlowParameters>>("EfficientNMS_Explicit_TF_TRT", "1"),
      row<EfficientNmsImage>("EfficientNMS_Implicit_TF_TRT", "1"),
      row<EfficientNmsOnnx>("EfficientNMS_ONNX_TRT", "1"),
      row<BatchedNms>("BatchedNMSDynamic_TRT", "1"),
      row<RoiAlign>("ROIAlign_TRT", "1"),
      row<RoiAlign>("ROIAlign_TRT", "2"),
      row<ScatterElements>("ScatterElements", "1"),
      row<ScatterElements>("ScatterElements", "2"),
      row<ScatterNd>("ScatterND", "1"),
      row<TopkLastDim>("TopkLastDim", "1"),
      row<InstanceNorm>("InstanceNormalization_TRT", "1"),
      row<InstanceNorm>("InstanceNormalization_TRT", "2"),
      row<InstanceNorm>("InstanceNormalization_TRT", "3"),
      row<GroupNorm>("GroupNormalizationPlugin", "1"),
      row<SkipLayerNorm<true>>("CustomSkipLayerNormPluginDynamic", "1"),
      row<SkipLayerNorm<false>>("CustomSkipLayerNormPluginDynamic", "2"),
      row<SkipLayerNorm<true>>("CustomSkipLayerNormPluginDynamic", "5"),
      row<SkipLayerNorm<false>>("CustomSkipLayerNormPluginDynamic", "6"),
      row<Embedding>("CustomEmbLayerNormPluginDynamic", "1"),
      row<Embedding>("CustomEmbLayerNormPluginDynamic", "6"),
      row<DeformConv>("ModulatedDeformConv2d", "1"),
      row<DeformConv>("ModulatedDeformConv2d", "2"),
      row<DeformAttention>("MultiscaleDeformableAttnPlugin_TRT", "1"),
      row<DeformAttention>("MultiscaleDeformableAttnPlugin_TRT", "2"),
      row<PillarScatter>("PillarScatterPlugin", "1"),
      row<Gelu>("CustomGeluPluginDynamic", "1"),
      row<DisentangledAttention>("DisentangledAttention_TRT", "1"),
      row<DisentangledAttention>("DisentangledAttention_TRT", "2"),
      row<CropAndResize>("CropAndResizeDynamic", "1"),
      row<CropAndResize>("CropAndResizeDynamic", "2"),
  };
  return kRows;
}

}  // namespace shipped
