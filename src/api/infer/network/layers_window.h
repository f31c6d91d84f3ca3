// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution and pooling.
#pragma once

#include <fmt/core.h>

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

/// Weights of a convolution, or its bias.
struct KernelNumbers {
  Dims dims;
  nvinfer1::Weights weights;
  bool given;  ///< else they are those that the node has, perhaps of another shape
};
/// Makes a convolution, or one the other way, one of this kernel; undone, reported, when the
/// operator's rule refuses.
bool put_kernel(Network& network, ir::Node& node, const Dims& kernel, const KernelNumbers& weights,
                const KernelNumbers& bias) noexcept;

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
  /// Maps, kernel size, weights and bias may be set in any order: the layer changes when they fit
  /// together, and no engine is built before.
  void setNbOutputMaps(int64_t nbOutputMaps) noexcept override {
    ask([&](Asked& asked) { asked.maps = nbOutputMaps; });
  }
  int64_t getNbOutputMaps() const noexcept override {
    if (asked_) return asked_->maps;
    const expr::Expr& maps = this->node_.output()->shape()[1];
    return maps.is_constant() ? maps.constant() : -1;
  }
  void setNbGroups(int64_t nbGroups) noexcept override {
    if (nbGroups == this->window().groups) return;
    this->template change<Op>([&](Op& op) { op.groups = nbGroups; });
  }
  int64_t getNbGroups() const noexcept override { return this->window().groups; }
  void setKernelWeights(nvinfer1::Weights weights) noexcept override {
    ask([&](Asked& asked) { asked.weights = weights; });
  }
  nvinfer1::Weights getKernelWeights() const noexcept override {
    return asked_ && asked_->weights ? *asked_->weights
                                     : weights_of(this->node_.input(ops::kConvWeight));
  }
  /// One element an output map, or none.
  void setBiasWeights(nvinfer1::Weights weights) noexcept override {
    ask([&](Asked& asked) { asked.bias = weights; });
  }
  nvinfer1::Weights getBiasWeights() const noexcept override {
    return asked_ && asked_->bias ? *asked_->bias : weights_of(this->node_.input(ops::kConvBias));
  }
  void setKernelSizeNd(nvinfer1::Dims const& kernelSize) noexcept override {
    const auto kernel = plugin::to_dims(kernelSize);
    if (!kernel || kernel->rank() != this->window().kernel.rank()) {
      this->network_.voice().refuse(Code::InvalidArgument,
                                    "a kernel has one extent for each spatial dimension");
      return;
    }
    ask([&](Asked& asked) { asked.kernel = *kernel; });
  }
  nvinfer1::Dims getKernelSizeNd() const noexcept override {
    return Base::nv(asked_ ? asked_->kernel : this->window().kernel);
  }
  void setDilationNd(nvinfer1::Dims const& dilation) noexcept override {
    this->set(dilation, [](Op& op, const Dims& dims) { op.dilations = dims; });
  }
  nvinfer1::Dims getDilationNd() const noexcept override {
    return Base::nv(this->window().dilations);
  }
  [[nodiscard]] std::string unfinished() const override {
    if (!asked_) return {};
    return fmt::format(
        "layer '{}' is to have {} output maps and a kernel {}, which takes {} weights, and one "
        "bias a map or none; it has {} weights and {} biases",
        this->node_.name, asked_->maps, to_string(asked_->kernel), weight_dims(*asked_).volume(),
        getKernelWeights().count, getBiasWeights().count);
  }

 private:
  /// What setters left that does not fit together yet.
  struct Asked {
    int64_t maps;
    Dims kernel;
    std::optional<nvinfer1::Weights> weights, bias;  ///< nullopt: those that the layer has
  };

  /// [maps, C / groups, kernel...], and [C, maps / groups, kernel...] the other way.
  [[nodiscard]] Dims weight_dims(const Asked& asked) const {
    const expr::Expr& extent = this->node_.input(0)->shape()[1];
    const int64_t channels = extent.is_constant() ? extent.constant() : 0;
    const int64_t groups = this->window().groups;
    Dims dims = Base::kTransposed ? Dims{channels, asked.maps / groups}
                                  : Dims{asked.maps, channels / groups};
    for (const int64_t size : asked.kernel) dims.push_back(size);
    return dims;
  }

  template <class Edit>
  void ask(Edit&& edit) noexcept {
    Asked asked = asked_
                      ? *asked_
                      : Asked{getNbOutputMaps(), this->window().kernel, std::nullopt, std::nullopt};
    edit(asked);
    asked_ = asked;
    const Dims dims = weight_dims(asked);
    const nvinfer1::Weights weights = getKernelWeights(), bias = getBiasWeights();
    const bool fits = dims.volume() == weights.count && dims.volume() > 0 &&
                      (bias.count == 0 || bias.count == asked.maps);
    if (!fits) return;
    asked_.reset();
    const KernelNumbers kernel_numbers{dims, weights, asked.weights.has_value()};
    const KernelNumbers bias_numbers{Dims{asked.maps}, bias, asked.bias.has_value()};
    if (!put_kernel(this->network_, this->node_, asked.kernel, kernel_numbers, bias_numbers))
      return;
    this->change_window([](Op&) {});  // Paddings follow the kernel where their mode says so.
  }

  std::optional<Asked> asked_;
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
    }
  }
  nvinfer1::PoolingType getPoolingType() const noexcept override {
    return to_foreign(kPoolings, window().kind);
  }
  void setBlendFactor(float blendFactor) noexcept override {
    change<ops::Pooling>([&](auto& op) { op.blend = blendFactor; });
  }
  float getBlendFactor() const noexcept override { return window().blend; }
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
