// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A row a plugin, behind the interface that TensorRT 10.16 gives it.
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
#include "plugin_library/pyramid_roi_align.h"
#include "plugin_library/qkv_to_context.h"
#include "plugin_library/roi_align.h"
#include "plugin_library/scatter_elements.h"
#include "plugin_library/scatter_nd.h"
#include "plugin_library/topk_last_dim.h"

namespace shipped {

std::span<Row const> catalogue() {
  static constexpr Row kRows[] = {
      v2<EfficientNms<EfficientNmsParameters>>("EfficientNMS_TRT", "1"),
      v2<EfficientNms<EfficientNmsTensorFlowParameters>>("EfficientNMS_Explicit_TF_TRT", "1"),
      v2<EfficientNmsImage>("EfficientNMS_Implicit_TF_TRT", "1"),
      v2<EfficientNmsOnnx>("EfficientNMS_ONNX_TRT", "1"),
      v2<BatchedNms>("BatchedNMSDynamic_TRT", "1"),
      v2<BatchedNmsFixed>("BatchedNMS_TRT", "1"),
      v2<RoiAlign>("ROIAlign_TRT", "1"),
      v3<RoiAlign>("ROIAlign_TRT", "2"),
      v2<PyramidRoiAlign>("PyramidROIAlign_TRT", "1"),
      v2<ScatterElements>("ScatterElements", "1"),
      v3<ScatterElements>("ScatterElements", "2"),
      v2<ScatterNd>("ScatterND", "1"),
      v3<TopkLastDim>("TopkLastDim", "1"),
      v2<InstanceNorm>("InstanceNormalization_TRT", "1"),
      v2<InstanceNorm>("InstanceNormalization_TRT", "2"),
      v3<InstanceNorm>("InstanceNormalization_TRT", "3"),
      v2<GroupNorm>("GroupNormalizationPlugin", "1"),
      v2<SkipLayerNorm<true>>("CustomSkipLayerNormPluginDynamic", "1"),
      v2<SkipLayerNorm<false>>("CustomSkipLayerNormPluginDynamic", "2"),
      v3<SkipLayerNorm<true>>("CustomSkipLayerNormPluginDynamic", "5"),
      v3<SkipLayerNorm<false>>("CustomSkipLayerNormPluginDynamic", "6"),
      v2<Embedding>("CustomEmbLayerNormPluginDynamic", "1"),
      v3<Embedding>("CustomEmbLayerNormPluginDynamic", "6"),
      v2<QkvToContext>("CustomQKVToContextPluginDynamic", "1"),
      v3<QkvToContext>("CustomQKVToContextPluginDynamic", "4"),
      v2<DeformConv>("ModulatedDeformConv2d", "1"),
      v3<DeformConv>("ModulatedDeformConv2d", "2"),
      v2<DeformAttention>("MultiscaleDeformableAttnPlugin_TRT", "1"),
      v3<DeformAttention>("MultiscaleDeformableAttnPlugin_TRT", "2"),
      v2<PillarScatter>("PillarScatterPlugin", "1"),
      v2<Gelu>("CustomGeluPluginDynamic", "1"),
      v2<DisentangledAttention>("DisentangledAttention_TRT", "1"),
      v3<DisentangledAttention>("DisentangledAttention_TRT", "2"),
      v2<CropAndResize>("CropAndResizeDynamic", "1"),
      v3<CropAndResize>("CropAndResizeDynamic", "2"),
  };
  return kRows;
}

}  // namespace shipped
