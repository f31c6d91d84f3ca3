// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution and pooling.
#pragma once

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

inline nvinfer1::Weights weights_of(const ir::Value* value) noexcept {
  const ops::ConstantData* data = value == nullptr ? nullptr : value->constant();
  if (data == nullptr) return {nvinfer1::DataType::kFLOAT, nullptr, 0};
  return {plugin::to_data_type(data->dtype()).value_or(nvinfer1::DataType::kFLOAT),
          data->bytes().data(), data->count()};
}

/// What convolution and pooling share: `Op` has strides and paddings.
template <class Interface, nvinfer1::LayerType Type, class Op>
class WindowLayer : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;

  void setPrePadding(nvinfer1::Dims const& padding) noexcept override {
    set(padding, [](Op& op, const Dims& dims) { op.pads_begin = dims; });
  }
  nvinfer1::Dims getPrePadding() const noexcept override { return nv(window().pads_begin); }
  void setPostPadding(nvinfer1::Dims const& padding) noexcept override {
    set(padding, [](Op& op, const Dims& dims) { op.pads_end = dims; });
  }
  nvinfer1::Dims getPostPadding() const noexcept override { return nv(window().pads_end); }
  void setPaddingNd(nvinfer1::Dims const& padding) noexcept override {
    set(padding, [](Op& op, const Dims& dims) { op.pads_begin = op.pads_end = dims; });
  }
  nvinfer1::Dims getPaddingNd() const noexcept override { return nv(window().pads_begin); }
  void setStrideNd(nvinfer1::Dims const& stride) noexcept override {
    set(stride, [](Op& op, const Dims& dims) { op.strides = dims; });
  }
  nvinfer1::Dims getStrideNd() const noexcept override { return nv(window().strides); }

 protected:
  static nvinfer1::Dims nv(const Dims& dims) noexcept { return plugin::to_nv_dims(dims); }
  [[nodiscard]] const Op& window() const noexcept { return *this->node_.template as<Op>(); }
  /// Changes a member that has one entry a spatial axis.
  template <class Edit>
  void set(nvinfer1::Dims const& given, Edit&& edit) noexcept {
    const auto dims = plugin::to_dims(given);
    if (!dims || dims->rank() != window().kernel.rank()) {
      this->network_.voice().refuse(Code::InvalidArgument,
                                    "a window layer takes one entry for each spatial dimension");
      return;
    }
    this->template change<Op>([&](Op& op) { edit(op, *dims); });
  }
};

class ConvolutionLayer final
    : public WindowLayer<nvinfer1::IConvolutionLayer, nvinfer1::LayerType::kCONVOLUTION,
                         ops::Convolution> {
 public:
  using WindowLayer::WindowLayer;
  void setNbOutputMaps(int64_t) noexcept override {
    network_.voice().absent("IConvolutionLayer::setNbOutputMaps");
  }
  int64_t getNbOutputMaps() const noexcept override {
    const expr::Expr& maps = node_.input(ops::kConvWeight)->shape()[0];
    return maps.is_constant() ? maps.constant() : -1;
  }
  void setNbGroups(int64_t nbGroups) noexcept override;
  int64_t getNbGroups() const noexcept override { return window().groups; }
  void setKernelWeights(nvinfer1::Weights) noexcept override {
    network_.voice().absent("IConvolutionLayer::setKernelWeights");
  }
  nvinfer1::Weights getKernelWeights() const noexcept override {
    return weights_of(node_.input(ops::kConvWeight));
  }
  void setBiasWeights(nvinfer1::Weights) noexcept override {
    network_.voice().absent("IConvolutionLayer::setBiasWeights");
  }
  nvinfer1::Weights getBiasWeights() const noexcept override {
    return weights_of(node_.input(ops::kConvBias));
  }
  void setPaddingMode(nvinfer1::PaddingMode paddingMode) noexcept override {
    if (paddingMode != nvinfer1::PaddingMode::kEXPLICIT_ROUND_DOWN) {
      network_.voice().absent("IConvolutionLayer::setPaddingMode");
    }
  }
  nvinfer1::PaddingMode getPaddingMode() const noexcept override {
    return nvinfer1::PaddingMode::kEXPLICIT_ROUND_DOWN;
  }
  void setKernelSizeNd(nvinfer1::Dims const&) noexcept override {
    network_.voice().absent("IConvolutionLayer::setKernelSizeNd");
  }
  nvinfer1::Dims getKernelSizeNd() const noexcept override { return nv(window().kernel); }
  void setDilationNd(nvinfer1::Dims const& dilation) noexcept override {
    set(dilation, [](ops::Convolution& op, const Dims& dims) { op.dilations = dims; });
  }
  nvinfer1::Dims getDilationNd() const noexcept override { return nv(window().dilations); }
};

class PoolingLayer final
    : public WindowLayer<nvinfer1::IPoolingLayer, nvinfer1::LayerType::kPOOLING, ops::Pooling> {
 public:
  using WindowLayer::WindowLayer;
  void setPoolingType(nvinfer1::PoolingType type) noexcept override {
    if (const auto kind = to_own(kPoolings, type)) {
      change<ops::Pooling>([&](auto& op) { op.kind = *kind; });
    } else {
      network_.voice().absent("IPoolingLayer::setPoolingType(kMAX_AVERAGE_BLEND)");
    }
  }
  nvinfer1::PoolingType getPoolingType() const noexcept override {
    return to_foreign(kPoolings, window().kind);
  }
  void setBlendFactor(float) noexcept override {
    network_.voice().absent("IPoolingLayer::setBlendFactor");
  }
  float getBlendFactor() const noexcept override { return 0; }
  void setAverageCountExcludesPadding(bool exclusive) noexcept override {
    change<ops::Pooling>([&](auto& op) { op.count_include_pad = !exclusive; });
  }
  bool getAverageCountExcludesPadding() const noexcept override {
    return !window().count_include_pad;
  }
  void setPaddingMode(nvinfer1::PaddingMode paddingMode) noexcept override {
    const bool up = paddingMode == nvinfer1::PaddingMode::kEXPLICIT_ROUND_UP;
    if (!up && paddingMode != nvinfer1::PaddingMode::kEXPLICIT_ROUND_DOWN) {
      network_.voice().absent("IPoolingLayer::setPaddingMode(kSAME_UPPER, kSAME_LOWER)");
      return;
    }
    change<ops::Pooling>([&](auto& op) { op.ceil_mode = up; });
  }
  nvinfer1::PaddingMode getPaddingMode() const noexcept override {
    return window().ceil_mode ? nvinfer1::PaddingMode::kEXPLICIT_ROUND_UP
                              : nvinfer1::PaddingMode::kEXPLICIT_ROUND_DOWN;
  }
  void setWindowSizeNd(nvinfer1::Dims const& windowSize) noexcept override {
    set(windowSize, [](ops::Pooling& op, const Dims& dims) { op.kernel = dims; });
  }
  nvinfer1::Dims getWindowSizeNd() const noexcept override { return nv(window().kernel); }
};

}  // namespace tenon::api
