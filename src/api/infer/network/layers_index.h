// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that look for elements or address them, boxes and samples.
#pragma once

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

inline constexpr KindRow<nvinfer1::InterpolationMode, ops::ResizeMode> kInterpolations[] = {
    {nvinfer1::InterpolationMode::kNEAREST, ops::ResizeMode::Nearest},
    {nvinfer1::InterpolationMode::kLINEAR, ops::ResizeMode::Linear},
    {nvinfer1::InterpolationMode::kCUBIC, ops::ResizeMode::Cubic},
};
inline constexpr KindRow<nvinfer1::SampleMode, ops::Outside> kOutsides[] = {
    {nvinfer1::SampleMode::kFILL, ops::Outside::Fill},
    {nvinfer1::SampleMode::kWRAP, ops::Outside::Wrap},
    {nvinfer1::SampleMode::kCLAMP, ops::Outside::Clamp},
    {nvinfer1::SampleMode::kREFLECT, ops::Outside::Reflect},
};

/// What layers that make indices share: `Op` says their type.
template <class Interface, nvinfer1::LayerType Type, class Op>
class IndexLayer : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;
  bool setIndicesType(nvinfer1::DataType type) noexcept override {
    const auto own = plugin::to_dtype(type);
    return own && this->template change<Op>([&](Op& op) { op.indices = *own; });
  }
  nvinfer1::DataType getIndicesType() const noexcept override {
    return plugin::to_data_type(this->template op<Op>().indices)
        .value_or(nvinfer1::DataType::kINT32);
  }
};

class TopKLayer final
    : public IndexLayer<nvinfer1::ITopKLayer, nvinfer1::LayerType::kTOPK, ops::TopK> {
 public:
  using IndexLayer::IndexLayer;
  /// Input 1 is k, which must follow from shapes.
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  void setOperation(nvinfer1::TopKOperation operation) noexcept override {
    change<ops::TopK>([&](auto& op) { op.largest = operation == nvinfer1::TopKOperation::kMAX; });
  }
  nvinfer1::TopKOperation getOperation() const noexcept override {
    return op<ops::TopK>().largest ? nvinfer1::TopKOperation::kMAX : nvinfer1::TopKOperation::kMIN;
  }
  void setK(int32_t k) noexcept override {
    change<ops::TopK>([&](auto& op) { op.k = {expr::Expr(k)}; });
  }
  /// −1 when k is not known yet.
  int32_t getK() const noexcept override {
    const expr::Expr& k = op<ops::TopK>().k[0];
    return k.is_constant() ? static_cast<int32_t>(k.constant()) : -1;
  }
  void setReduceAxes(uint32_t reduceAxes) noexcept override;
  uint32_t getReduceAxes() const noexcept override { return 1U << op<ops::TopK>().axis; }
};

/// The operator's second output, the count, is no output of the layer.
class NonZeroLayer final
    : public IndexLayer<nvinfer1::INonZeroLayer, nvinfer1::LayerType::kNON_ZERO, ops::NonZero> {
 public:
  using IndexLayer::IndexLayer;
  int32_t getNbOutputs() const noexcept override { return 1; }
  nvinfer1::ITensor* getOutput(int32_t index) const noexcept override {
    return index == 0 ? IndexLayer::getOutput(0) : nullptr;
  }
};

class NmsLayer final
    : public IndexLayer<nvinfer1::INMSLayer, nvinfer1::LayerType::kNMS, ops::NonMaxSuppression> {
 public:
  using IndexLayer::IndexLayer;
  void setBoundingBoxFormat(nvinfer1::BoundingBoxFormat fmt) noexcept override {
    change<ops::NonMaxSuppression>(
        [&](auto& op) { op.center = fmt == nvinfer1::BoundingBoxFormat::kCENTER_SIZES; });
  }
  nvinfer1::BoundingBoxFormat getBoundingBoxFormat() const noexcept override {
    return op<ops::NonMaxSuppression>().center ? nvinfer1::BoundingBoxFormat::kCENTER_SIZES
                                               : nvinfer1::BoundingBoxFormat::kCORNER_PAIRS;
  }
  void setTopKBoxLimit(int32_t limit) noexcept override {
    change<ops::NonMaxSuppression>([&](auto& op) { op.limit = limit; });
  }
  int32_t getTopKBoxLimit() const noexcept override {
    return static_cast<int32_t>(op<ops::NonMaxSuppression>().limit);
  }
};

class ScatterLayer final : public LayerOf<nvinfer1::IScatterLayer, nvinfer1::LayerType::kSCATTER> {
 public:
  using LayerOf::LayerOf;
  void setMode(nvinfer1::ScatterMode mode) noexcept override {
    change<ops::Scatter>([&](auto& op) { op.mode = to_own(mode); });
  }
  nvinfer1::ScatterMode getMode() const noexcept override {
    return op<ops::Scatter>().mode == ops::ScatterMode::Nd ? nvinfer1::ScatterMode::kND
                                                           : nvinfer1::ScatterMode::kELEMENT;
  }
  void setAxis(int32_t axis) noexcept override {
    const auto rank = static_cast<int32_t>(node_.input(0)->shape().size());
    change<ops::Scatter>([&](auto& op) { op.axis = axis < 0 ? axis + rank : axis; });
  }
  int32_t getAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::Scatter>().axis);
  }

  static ops::ScatterMode to_own(nvinfer1::ScatterMode mode) noexcept {
    return mode == nvinfer1::ScatterMode::kND ? ops::ScatterMode::Nd : ops::ScatterMode::Elements;
  }
};

/// Each mode is an operator of its own.
class GatherLayer final : public LayerOf<nvinfer1::IGatherLayer, nvinfer1::LayerType::kGATHER> {
 public:
  using LayerOf::LayerOf;
  void setGatherAxis(int32_t axis) noexcept override;
  int32_t getGatherAxis() const noexcept override;
  void setNbElementWiseDims(int32_t elementWiseDims) noexcept override;
  int32_t getNbElementWiseDims() const noexcept override;
  void setMode(nvinfer1::GatherMode mode) noexcept override;
  nvinfer1::GatherMode getMode() const noexcept override;
};

class OneHotLayer final : public LayerOf<nvinfer1::IOneHotLayer, nvinfer1::LayerType::kONE_HOT> {
 public:
  using LayerOf::LayerOf;
  void setAxis(int32_t axis) noexcept override {
    const auto rank = static_cast<int32_t>(node_.output()->shape().size());
    change<ops::OneHot>([&](auto& op) { op.axis = axis < 0 ? axis + rank : axis; });
  }
  int32_t getAxis() const noexcept override { return static_cast<int32_t>(op<ops::OneHot>().axis); }
};

class ReverseSequenceLayer final
    : public LayerOf<nvinfer1::IReverseSequenceLayer, nvinfer1::LayerType::kREVERSE_SEQUENCE> {
 public:
  using LayerOf::LayerOf;
  /// Both axes must differ at every time: setting one to the other's swaps them.
  void setBatchAxis(int32_t batchAxis) noexcept override {
    change<ops::ReverseSequence>([&](auto& op) {
      if (op.sequence_axis == batchAxis) op.sequence_axis = op.batch_axis;
      op.batch_axis = batchAxis;
    });
  }
  int32_t getBatchAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::ReverseSequence>().batch_axis);
  }
  void setSequenceAxis(int32_t sequenceAxis) noexcept override {
    change<ops::ReverseSequence>([&](auto& op) {
      if (op.batch_axis == sequenceAxis) op.batch_axis = op.sequence_axis;
      op.sequence_axis = sequenceAxis;
    });
  }
  int32_t getSequenceAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::ReverseSequence>().sequence_axis);
  }
};

class GridSampleLayer final
    : public LayerOf<nvinfer1::IGridSampleLayer, nvinfer1::LayerType::kGRID_SAMPLE> {
 public:
  using LayerOf::LayerOf;
  void setInterpolationMode(nvinfer1::InterpolationMode mode) noexcept override {
    if (const auto own = to_own(kInterpolations, mode)) {
      change<ops::GridSample>([&](auto& op) { op.mode = *own; });
    }
  }
  nvinfer1::InterpolationMode getInterpolationMode() const noexcept override {
    return to_foreign(kInterpolations, op<ops::GridSample>().mode);
  }
  void setAlignCorners(bool alignCorners) noexcept override {
    change<ops::GridSample>([&](auto& op) { op.align_corners = alignCorners; });
  }
  bool getAlignCorners() const noexcept override { return op<ops::GridSample>().align_corners; }
  bool setSampleMode(nvinfer1::SampleMode mode) noexcept override {
    const auto own = to_own(kOutsides, mode);
    return own && change<ops::GridSample>([&](auto& op) { op.outside = *own; });
  }
  nvinfer1::SampleMode getSampleMode() const noexcept override {
    return to_foreign(kOutsides, op<ops::GridSample>().outside);
  }
};

}  // namespace tenon::api
