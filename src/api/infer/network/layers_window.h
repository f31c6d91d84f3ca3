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

/// Paddings with which the output has as many elements as strides fit into the input (for a
/// deconvolution: as many as the input times the stride). Nullopt when that depends on an extent
/// that is not known.
struct SamePads {
  Dims begin, end;
};
std::optional<SamePads> same_pads(const expr::Shape& x, const Dims& kernel, const Dims& strides,
                                  const Dims& dilations, bool upper, bool transposed);

/// What layers with a window share: `Op` has kernel, strides and paddings.
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
  /// kSAME_UPPER and kSAME_LOWER follow later changes of strides, windows and dilations.
  void setPaddingMode(nvinfer1::PaddingMode paddingMode) noexcept override {
    const nvinfer1::PaddingMode before = mode_;
    mode_ = paddingMode;
    if (!change_window([&](Op& op) { round_up(op); })) mode_ = before;
  }
  nvinfer1::PaddingMode getPaddingMode() const noexcept override { return mode_; }

 protected:
  static constexpr bool kTransposed = std::is_same_v<Op, ops::Deconvolution>;

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
    change_window([&](Op& op) { edit(op, *dims); });
  }
  /// As change(), with paddings that follow the mode.
  template <class Edit>
  bool change_window(Edit&& edit) noexcept {
    const bool upper = mode_ == nvinfer1::PaddingMode::kSAME_UPPER;
    const bool same = upper || mode_ == nvinfer1::PaddingMode::kSAME_LOWER;
    Op changed = window();
    edit(changed);
    if (same) {
      const auto pads = same_pads(this->node_.input(0)->shape(), changed.kernel, changed.strides,
                                  changed.dilations, upper, kTransposed);
      if (!pads) {
        this->network_.voice().refuse(Code::Unsupported,
                                      "kSAME paddings depend on extents that are not known: set "
                                      "explicit paddings");
        return false;
      }
      changed.pads_begin = pads->begin;
      changed.pads_end = pads->end;
    }
    return this->template change<Op>([&](Op& op) { op = changed; });
  }

 private:
  void round_up(Op& op) const noexcept {
    if constexpr (std::is_same_v<Op, ops::Pooling>) {
      op.ceil_mode = mode_ == nvinfer1::PaddingMode::kEXPLICIT_ROUND_UP;
    }
    (void)op;
  }
  nvinfer1::PaddingMode mode_ = nvinfer1::PaddingMode::kEXPLICIT_ROUND_DOWN;
};

/// What convolution and its transpose share: `Op` has groups, and inputs x, weights and bias.
template <class Interface, nvinfer1::LayerType Type, class Op>
class ConvolutionLayerOf : public WindowLayer<Interface, Type, Op> {
 public:
  using Base = WindowLayer<Interface, Type, Op>;
  using Base::Base;
  void setNbOutputMaps(int64_t nbOutputMaps) noexcept override {
    if (nbOutputMaps == getNbOutputMaps()) return;
    if constexpr (Base::kTransposed) {
      this->network_.voice().absent("IDeconvolutionLayer::setNbOutputMaps");
    } else {
      this->network_.voice().absent("IConvolutionLayer::setNbOutputMaps");
    }
  }
  int64_t getNbOutputMaps() const noexcept override {
    const expr::Expr& maps = this->node_.output()->shape()[1];
    return maps.is_constant() ? maps.constant() : -1;
  }
  void setNbGroups(int64_t nbGroups) noexcept override {
    if (nbGroups == this->window().groups) return;
    this->template change<Op>([&](Op& op) { op.groups = nbGroups; });
  }
  int64_t getNbGroups() const noexcept override { return this->window().groups; }
  /// As many elements as before.
  void setKernelWeights(nvinfer1::Weights weights) noexcept override {
    const auto dims = expr::to_dims(this->node_.input(ops::kConvWeight)->shape());
    if (dims) this->network_.replace_weights(this->node_, ops::kConvWeight, weights, *dims);
  }
  nvinfer1::Weights getKernelWeights() const noexcept override {
    return weights_of(this->node_.input(ops::kConvWeight));
  }
  /// One element an output map, or none.
  void setBiasWeights(nvinfer1::Weights weights) noexcept override {
    this->network_.replace_weights(this->node_, ops::kConvBias, weights, Dims{getNbOutputMaps()});
  }
  nvinfer1::Weights getBiasWeights() const noexcept override {
    return weights_of(this->node_.input(ops::kConvBias));
  }
  void setKernelSizeNd(nvinfer1::Dims const& kernelSize) noexcept override {
    if (plugin::to_dims(kernelSize) == this->window().kernel) return;
    if constexpr (Base::kTransposed) {
      this->network_.voice().absent("IDeconvolutionLayer::setKernelSizeNd");
    } else {
      this->network_.voice().absent("IConvolutionLayer::setKernelSizeNd");
    }
  }
  nvinfer1::Dims getKernelSizeNd() const noexcept override {
    return Base::nv(this->window().kernel);
  }
  void setDilationNd(nvinfer1::Dims const& dilation) noexcept override {
    this->set(dilation, [](Op& op, const Dims& dims) { op.dilations = dims; });
  }
  nvinfer1::Dims getDilationNd() const noexcept override {
    return Base::nv(this->window().dilations);
  }
};
using ConvolutionLayer = ConvolutionLayerOf<nvinfer1::IConvolutionLayer,
                                            nvinfer1::LayerType::kCONVOLUTION, ops::Convolution>;
using DeconvolutionLayer =
    ConvolutionLayerOf<nvinfer1::IDeconvolutionLayer, nvinfer1::LayerType::kDECONVOLUTION,
                       ops::Deconvolution>;

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
  void setWindowSizeNd(nvinfer1::Dims const& windowSize) noexcept override {
    set(windowSize, [](ops::Pooling& op, const Dims& dims) { op.kernel = dims; });
  }
  nvinfer1::Dims getWindowSizeNd() const noexcept override { return nv(window().kernel); }
};

}  // namespace tenon::api
