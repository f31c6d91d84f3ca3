// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// BatchedNMSDynamic_TRT and BatchedNMS_TRT: non-maximum suppression class by class, the best of all
// classes kept.
#pragma once

#include "plugin_library/base/plugin.h"
#include "plugin_library/nms_kernel.h"

namespace shipped {

struct BatchedNmsParameters {
  int32_t shareLocation = 1, backgroundLabelId = -1, numClasses = 0, topK = 0, keepTopK = 0;
  float scoreThreshold = 0, iouThreshold = 0;
  int32_t isNormalized = 1, clipBoxes = 1;
  int32_t scoreBits = 16;  ///< a hint for sorting float16; taken and not needed
  int32_t caffeSemantics = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("shareLocation", shareLocation, kSwitch, Need::Required);
    v("backgroundLabelId", backgroundLabelId, kAny, Need::Required);
    v("numClasses", numClasses, kPositive, Need::Required);
    v("topK", topK, Range{1, 4096}, Need::Required);
    v("keepTopK", keepTopK, Range{1, 4096}, Need::Required);
    v("scoreThreshold", scoreThreshold, kAny, Need::Required);
    v("iouThreshold", iouThreshold, kNotNegative, Need::Required);
    v("isNormalized", isNormalized, kSwitch);
    v("clipBoxes", clipBoxes, kSwitch);
    v("scoreBits", scoreBits);
    v("caffeSemantics", caffeSemantics, kSwitch);
  }
  void check(AttributeReader& reader) const;
  NmsRules rules() const;
};

/// Boxes [batch, boxes, 1 or classes, 4] and scores [batch, boxes, classes] in; the number, boxes,
/// scores and classes (as real numbers) of detections out, padded with zeros and class -1.
class BatchedNms : public PluginOf<BatchedNmsParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  size_t scratchBytes(std::span<Tensor const> in,
                      std::span<Tensor const> out) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

/// BatchedNMS_TRT, which was made when networks did not spell the batch out: the number of
/// detections is one number an image.
class BatchedNmsFixed final : public BatchedNms {
 public:
  using BatchedNms::BatchedNms;

 protected:
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
};

}  // namespace shipped
