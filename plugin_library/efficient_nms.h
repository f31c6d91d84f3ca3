// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// EfficientNMS_TRT, its forms of TensorFlow with and without a batch, and EfficientNMS_ONNX_TRT:
// one suppression, several sets of attributes and outputs.
#pragma once

#include "plugin_library/base/plugin.h"
#include "plugin_library/nms_kernel.h"

namespace shipped {

struct EfficientNmsParameters {
  float scoreThreshold = 0.5F, iouThreshold = 0.5F;
  int32_t maxOutputBoxes = 100, backgroundClass = -1;
  int32_t scoreActivation = 0, classAgnostic = 0, boxCoding = 0;

  template <class Visitor>
  void visit(Visitor& v) {
    v("score_threshold", scoreThreshold, kNotNegative, Need::Required);
    v("iou_threshold", iouThreshold, kAboveZero, Need::Required);
    v("max_output_boxes", maxOutputBoxes, kPositive, Need::Required);
    v("background_class", backgroundClass, kAny, Need::Required);
    v("score_activation", scoreActivation, kSwitch, Need::Required);
    v("class_agnostic", classAgnostic, kSwitch);
    v("box_coding", boxCoding, kSwitch, Need::Required);
  }
  NmsRules rules() const;
  bool padPerClass() const { return false; }
};

struct EfficientNmsTensorFlowParameters {
  int32_t maxOutputSizePerClass = -1, maxTotalSize = 100;
  float iouThreshold = 0.5F, scoreThreshold = 0.5F;
  int32_t perClass = 0, clipBoxes = 0;

  template <class Visitor>
  void visit(Visitor& v) {
    v("max_output_size_per_class", maxOutputSizePerClass);
    v("max_total_size", maxTotalSize, kPositive);
    v("iou_threshold", iouThreshold, kNotNegative);
    v("score_threshold", scoreThreshold);
    v("pad_per_class", perClass, kSwitch);
    v("clip_boxes", clipBoxes, kSwitch);
  }
  NmsRules rules() const;
  bool padPerClass() const { return perClass != 0 && maxOutputSizePerClass > 0; }
};

/// Boxes, scores, and perhaps anchors in; the number, boxes, scores and classes of detections out,
/// padded with zeros.
template <class Parameters>
class EfficientNms final : public PluginOf<Parameters> {
 public:
  using PluginOf<Parameters>::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  size_t scratchBytes(std::span<Tensor const> in,
                      std::span<Tensor const> out) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

/// One image: the tensors of EfficientNms without their first dimension.
class EfficientNmsImage final : public PluginOf<EfficientNmsTensorFlowParameters> {
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

struct EfficientNmsOnnxParameters {
  float scoreThreshold = 0.5F, iouThreshold = 0.5F;
  int32_t maxOutputBoxesPerClass = 0, centerPointBox = 0;

  template <class Visitor>
  void visit(Visitor& v) {
    v("score_threshold", scoreThreshold);
    v("iou_threshold", iouThreshold, kNotNegative);
    v("max_output_boxes_per_class", maxOutputBoxesPerClass, kPositive, Need::Required);
    v("center_point_box", centerPointBox, kSwitch);
  }
  NmsRules rules() const;
};

/// Boxes and scores in; rows (image, class, box) out, the last one repeated to the full length, and
/// -1 throughout when there is none.
class EfficientNmsOnnx final : public PluginOf<EfficientNmsOnnxParameters> {
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

}  // namespace shipped
