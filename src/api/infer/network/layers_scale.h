// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that scale, quantise, normalise and fill.
#pragma once

#include <string>

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"
#include "api/infer/network/layers_reduce.h"

namespace tenon::api {

inline constexpr KindRow<nvinfer1::ScaleMode, ops::ScaleMode> kScaleModes[] = {
    {nvinfer1::ScaleMode::kCHANNEL, ops::ScaleMode::Channel},
    {nvinfer1::ScaleMode::kUNIFORM, ops::ScaleMode::Uniform},
    {nvinfer1::ScaleMode::kELEMENTWISE, ops::ScaleMode::Elementwise},
};
inline constexpr KindRow<nvinfer1::FillOperation, ops::FillKind> kFills[] = {
    {nvinfer1::FillOperation::kLINSPACE, ops::FillKind::Linspace},
    {nvinfer1::FillOperation::kRANDOM_UNIFORM, ops::FillKind::Uniform},
    {nvinfer1::FillOperation::kRANDOM_NORMAL, ops::FillKind::Normal},
};

/// Scaling, or batch normalisation, whose numbers are inputs of the layer and not weights of it.
class ScaleLayer final : public LayerOf<nvinfer1::IScaleLayer, nvinfer1::LayerType::kSCALE> {
 public:
  using LayerOf::LayerOf;
  void setMode(nvinfer1::ScaleMode mode) noexcept override;
  nvinfer1::ScaleMode getMode() const noexcept override;
  void setShift(nvinfer1::Weights shift) noexcept override { set(ops::kScaleShift, shift); }
  nvinfer1::Weights getShift() const noexcept override { return get(ops::kScaleShift); }
  void setScale(nvinfer1::Weights scale) noexcept override { set(ops::kScaleFactor, scale); }
  nvinfer1::Weights getScale() const noexcept override { return get(ops::kScaleFactor); }
  void setPower(nvinfer1::Weights power) noexcept override { set(ops::kScalePower, power); }
  nvinfer1::Weights getPower() const noexcept override { return get(ops::kScalePower); }
  int32_t getChannelAxis() const noexcept override;
  void setChannelAxis(int32_t channelAxis) noexcept override;

  /// The shape in which weights of a mode broadcast to `x`; nullopt when its extents are not known.
  static std::optional<Dims> weight_dims(ops::ScaleMode mode, int64_t axis, const expr::Shape& x);

 private:
  void set(size_t input, const nvinfer1::Weights& weights) noexcept;
  [[nodiscard]] nvinfer1::Weights get(size_t input) const noexcept;
  /// The parameters; null, reported, for a batch normalisation.
  ops::ScaleShift* own() noexcept;
  bool reshape(ops::ScaleMode mode, int64_t axis) noexcept;
};

/// What quantisation and its inverse share.
template <class Interface, nvinfer1::LayerType Type, class Op>
class QuantizationLayer : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;
  int32_t getAxis() const noexcept override {
    return static_cast<int32_t>(this->template op<Op>().axis);
  }
  void setAxis(int32_t axis) noexcept override {
    this->template change<Op>([&](Op& op) { op.axis = axis; });
  }
  /// Blocks follow from the extents of the scale: true for those that do, or for none.
  bool setBlockShape(nvinfer1::Dims const& blockShape) noexcept override {
    const nvinfer1::Dims own = getBlockShape();
    const bool none = blockShape.nbDims <= 0;
    if (none ||
        (own.nbDims == blockShape.nbDims && std::equal(own.d, own.d + own.nbDims, blockShape.d))) {
      return true;
    }
    this->network_.voice().refuse(
        Code::InvalidArgument,
        "a block has as many elements along an axis as the input has for each of the scale: give a "
        "scale of the input's rank with these extents");
    return false;
  }
  nvinfer1::Dims getBlockShape() const noexcept override {
    const ir::Value *x = this->node_.input(0), *scale = this->node_.input(1);
    const expr::Shape &whole = x->shape(), &parts = scale->shape();
    if (whole.size() != parts.size() || whole.size() < 2) return {-1, {}};
    nvinfer1::Dims block{static_cast<int32_t>(whole.size()), {}};
    for (size_t i = 0; i < whole.size(); ++i) {
      const bool known = whole[i].is_constant() && parts[i].is_constant();
      block.d[i] = known ? whole[i].constant() / std::max<int64_t>(1, parts[i].constant()) : 1;
    }
    return block;
  }
  void setToType(nvinfer1::DataType toType) noexcept override {
    if (const auto type = plugin::to_dtype(toType)) {
      this->template change<Op>([&](Op& op) { op.to = *type; });
    }
  }
  nvinfer1::DataType getToType() const noexcept override {
    return plugin::to_data_type(this->template op<Op>().to).value_or(nvinfer1::DataType::kINT8);
  }
};
using QuantizeLayer =
    QuantizationLayer<nvinfer1::IQuantizeLayer, nvinfer1::LayerType::kQUANTIZE, ops::Quantize>;
using DequantizeLayer = QuantizationLayer<nvinfer1::IDequantizeLayer,
                                          nvinfer1::LayerType::kDEQUANTIZE, ops::Dequantize>;

class DynamicQuantizeLayer final
    : public LayerOf<nvinfer1::IDynamicQuantizeLayer, nvinfer1::LayerType::kDYNAMIC_QUANTIZE> {
 public:
  using LayerOf::LayerOf;
  void setToType(nvinfer1::DataType toType) noexcept override {
    if (const auto type = plugin::to_dtype(toType)) {
      change<ops::DynamicQuantize>([&](auto& op) { op.to = *type; });
    }
  }
  nvinfer1::DataType getToType() const noexcept override {
    return *plugin::to_data_type(op<ops::DynamicQuantize>().to);
  }
  void setScaleType(nvinfer1::DataType scaleType) noexcept override {
    if (const auto type = plugin::to_dtype(scaleType)) {
      change<ops::DynamicQuantize>([&](auto& op) { op.scale = *type; });
    }
  }
  nvinfer1::DataType getScaleType() const noexcept override {
    return *plugin::to_data_type(op<ops::DynamicQuantize>().scale);
  }
  void setAxis(int32_t axis) noexcept override { set_row(axis, getBlockSize()); }
  /// The axis along which blocks have more than one element; −1 when there is no single one.
  int32_t getAxis() const noexcept override;
  void setBlockSize(int32_t size) noexcept override { set_row(getAxis(), size); }
  int32_t getBlockSize() const noexcept override {
    return static_cast<int32_t>(op<ops::DynamicQuantize>().block.volume());
  }
  void setBlockShape(nvinfer1::Dims const& blockShape) noexcept override {
    if (const auto block = plugin::to_dims(blockShape)) {
      change<ops::DynamicQuantize>([&](auto& op) { op.block = *block; });
    }
  }
  nvinfer1::Dims getBlockShape() const noexcept override {
    return plugin::to_nv_dims(op<ops::DynamicQuantize>().block);
  }

 private:
  void set_row(int32_t axis, int32_t size) noexcept;
};

using ParametricReluLayer =
    LayerOf<nvinfer1::IParametricReLULayer, nvinfer1::LayerType::kPARAMETRIC_RELU>;
using RaggedSoftmaxLayer =
    LayerOf<nvinfer1::IRaggedSoftMaxLayer, nvinfer1::LayerType::kRAGGED_SOFTMAX>;

class NormalizationLayer final
    : public LayerOf<nvinfer1::INormalizationLayer, nvinfer1::LayerType::kNORMALIZATION> {
 public:
  using LayerOf::LayerOf;
  void setEpsilon(float eps) noexcept override {
    change<ops::Normalization>([&](auto& op) { op.epsilon = eps; });
  }
  float getEpsilon() const noexcept override { return op<ops::Normalization>().epsilon; }
  void setAxes(uint32_t axesMask) noexcept override {
    change<ops::Normalization>([&](auto& op) { op.axes = axes_of(axesMask); });
  }
  uint32_t getAxes() const noexcept override { return mask_of(op<ops::Normalization>().axes); }
  void setNbGroups(int64_t nbGroups) noexcept override {
    change<ops::Normalization>([&](auto& op) { op.groups = nbGroups; });
  }
  int64_t getNbGroups() const noexcept override { return op<ops::Normalization>().groups; }
  void setComputePrecision(nvinfer1::DataType type) noexcept override { precision_ = type; }
  nvinfer1::DataType getComputePrecision() const noexcept override { return precision_; }
  bool isV2() const noexcept override { return op<ops::Normalization>().by_channel; }

 private:
  nvinfer1::DataType precision_ = nvinfer1::DataType::kFLOAT;  ///< at least that of all kernels
};

class LrnLayer final : public LayerOf<nvinfer1::ILRNLayer, nvinfer1::LayerType::kLRN> {
 public:
  using LayerOf::LayerOf;
  void setWindowSize(int64_t windowSize) noexcept override {
    change<ops::Lrn>([&](auto& op) { op.size = windowSize; });
  }
  int64_t getWindowSize() const noexcept override { return op<ops::Lrn>().size; }
  void setAlpha(float alpha) noexcept override {
    change<ops::Lrn>([&](auto& op) { op.alpha = alpha; });
  }
  float getAlpha() const noexcept override { return op<ops::Lrn>().alpha; }
  void setBeta(float beta) noexcept override {
    change<ops::Lrn>([&](auto& op) { op.beta = beta; });
  }
  float getBeta() const noexcept override { return op<ops::Lrn>().beta; }
  void setK(float k) noexcept override {
    change<ops::Lrn>([&](auto& op) { op.k = k; });
  }
  float getK() const noexcept override { return op<ops::Lrn>().k; }
};

class CumulativeLayer final
    : public LayerOf<nvinfer1::ICumulativeLayer, nvinfer1::LayerType::kCUMULATIVE> {
 public:
  using LayerOf::LayerOf;
  bool setOperation(nvinfer1::CumulativeOperation operation) noexcept override {
    return operation == nvinfer1::CumulativeOperation::kSUM &&
           change<ops::Cumulative>([](auto& op) { op.kind = ops::CumulativeKind::Sum; });
  }
  nvinfer1::CumulativeOperation getOperation() const noexcept override {
    return nvinfer1::CumulativeOperation::kSUM;
  }
  void setExclusive(bool exclusive) noexcept override {
    change<ops::Cumulative>([&](auto& op) { op.exclusive = exclusive; });
  }
  bool getExclusive() const noexcept override { return op<ops::Cumulative>().exclusive; }
  void setReverse(bool reverse) noexcept override {
    change<ops::Cumulative>([&](auto& op) { op.reverse = reverse; });
  }
  bool getReverse() const noexcept override { return op<ops::Cumulative>().reverse; }
};

class EinsumLayer final : public LayerOf<nvinfer1::IEinsumLayer, nvinfer1::LayerType::kEINSUM> {
 public:
  using LayerOf::LayerOf;
  bool setEquation(char const* equation) noexcept override {
    return equation != nullptr && change<ops::Einsum>([&](auto& op) { op.equation = equation; });
  }
  char const* getEquation() const noexcept override { return op<ops::Einsum>().equation.c_str(); }
};

class FillLayer final : public LayerOf<nvinfer1::IFillLayer, nvinfer1::LayerType::kFILL> {
 public:
  using LayerOf::LayerOf;
  /// Input 0 tells the extents, which must follow from shapes.
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  void setDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getDimensions() const noexcept override {
    return plugin::to_nv_dims(op<ops::Fill>().target);
  }
  void setOperation(nvinfer1::FillOperation operation) noexcept override {
    if (const auto kind = to_own(kFills, operation)) {
      change<ops::Fill>([&](auto& op) { op.kind = *kind; });
    }
  }
  nvinfer1::FillOperation getOperation() const noexcept override {
    return to_foreign(kFills, op<ops::Fill>().kind);
  }
  void setAlpha(double alpha) noexcept override { set_start(alpha, false); }
  double getAlpha() const noexcept override { return op<ops::Fill>().start; }
  void setBeta(double beta) noexcept override { set_step(beta, false); }
  double getBeta() const noexcept override { return op<ops::Fill>().step; }
  void setAlphaInt64(int64_t alpha) noexcept override {
    set_start(static_cast<double>(alpha), true);
  }
  int64_t getAlphaInt64() const noexcept override {
    return static_cast<int64_t>(op<ops::Fill>().start);
  }
  void setBetaInt64(int64_t beta) noexcept override { set_step(static_cast<double>(beta), true); }
  int64_t getBetaInt64() const noexcept override {
    return static_cast<int64_t>(op<ops::Fill>().step);
  }
  bool isAlphaBetaInt64() const noexcept override { return whole_; }
  void setToType(nvinfer1::DataType toType) noexcept override {
    if (const auto type = plugin::to_dtype(toType)) {
      change<ops::Fill>([&](auto& op) { op.type = *type; });
    }
  }
  nvinfer1::DataType getToType() const noexcept override {
    return plugin::to_data_type(op<ops::Fill>().type).value_or(nvinfer1::DataType::kFLOAT);
  }

 private:
  void set_start(double start, bool whole) noexcept {
    if (change<ops::Fill>([&](auto& op) { op.start = start; })) whole_ = whole;
  }
  void set_step(double step, bool whole) noexcept {
    if (change<ops::Fill>([&](auto& op) { op.step = step; })) whole_ = whole;
  }
  bool whole_ = false;
};

/// The operator passes its condition on, but the layer has no output.
class AssertionLayer final
    : public LayerOf<nvinfer1::IAssertionLayer, nvinfer1::LayerType::kASSERTION> {
 public:
  using LayerOf::LayerOf;
  int32_t getNbOutputs() const noexcept override { return 0; }
  nvinfer1::ITensor* getOutput(int32_t) const noexcept override { return nullptr; }
  void setMessage(char const* message) noexcept override {
    change<ops::Assertion>([&](auto& op) { op.message = message == nullptr ? "" : message; });
  }
  char const* getMessage() const noexcept override { return op<ops::Assertion>().message.c_str(); }
};

/// Axes of extent 1 that go or come; input 1 names them.
template <class Interface, nvinfer1::LayerType Type, class Op>
class AxesLayer final : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override {
    if (index != 1) return LayerOf<Interface, Type>::setInput(index, tensor);
    const auto axes = this->network_.axes_from(tensor, rank());
    if (axes) this->template change<Op>([&](Op& op) { op.axes = *axes; });
  }

 private:
  /// Of the tensor that has the axes.
  [[nodiscard]] size_t rank() const noexcept {
    return std::max(this->node_.input(0)->shape().size(), this->node_.output()->shape().size());
  }
};
using SqueezeLayer =
    AxesLayer<nvinfer1::ISqueezeLayer, nvinfer1::LayerType::kSQUEEZE, ops::Squeeze>;
using UnsqueezeLayer =
    AxesLayer<nvinfer1::IUnsqueezeLayer, nvinfer1::LayerType::kUNSQUEEZE, ops::Unsqueeze>;

}  // namespace tenon::api
