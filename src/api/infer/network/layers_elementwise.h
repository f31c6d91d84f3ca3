// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that work element by element.
#pragma once

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

class ActivationLayer final
    : public LayerOf<nvinfer1::IActivationLayer, nvinfer1::LayerType::kACTIVATION> {
 public:
  using LayerOf::LayerOf;
  void setActivationType(nvinfer1::ActivationType type) noexcept override {
    if (const auto kind = to_own(kActivations, type)) {
      change<ops::Activation>([&](auto& op) { op.kind = *kind; });
    }
  }
  nvinfer1::ActivationType getActivationType() const noexcept override {
    return to_foreign(kActivations, op<ops::Activation>().kind);
  }
  void setAlpha(float alpha) noexcept override {
    change<ops::Activation>([&](auto& op) { op.alpha = alpha; });
  }
  void setBeta(float beta) noexcept override {
    change<ops::Activation>([&](auto& op) { op.beta = beta; });
  }
  float getAlpha() const noexcept override { return op<ops::Activation>().alpha; }
  float getBeta() const noexcept override { return op<ops::Activation>().beta; }
};

class ElementWiseLayer final
    : public LayerOf<nvinfer1::IElementWiseLayer, nvinfer1::LayerType::kELEMENTWISE> {
 public:
  using LayerOf::LayerOf;
  void setOperation(nvinfer1::ElementWiseOperation operation) noexcept override {
    if (const auto kind = to_own(kElementWises, operation)) {
      change<ops::ElementWise>([&](auto& op) { op.kind = *kind; });
    }
  }
  nvinfer1::ElementWiseOperation getOperation() const noexcept override {
    return to_foreign(kElementWises, op<ops::ElementWise>().kind);
  }
};

class UnaryLayer final : public LayerOf<nvinfer1::IUnaryLayer, nvinfer1::LayerType::kUNARY> {
 public:
  using LayerOf::LayerOf;
  void setOperation(nvinfer1::UnaryOperation operation) noexcept override {
    if (const auto kind = to_own(kUnaries, operation)) {
      change<ops::Unary>([&](auto& op) { op.kind = *kind; });
    }
  }
  nvinfer1::UnaryOperation getOperation() const noexcept override {
    return to_foreign(kUnaries, op<ops::Unary>().kind);
  }
};

class CastLayer final : public LayerOf<nvinfer1::ICastLayer, nvinfer1::LayerType::kCAST> {
 public:
  using LayerOf::LayerOf;
  void setToType(nvinfer1::DataType toType) noexcept override {
    if (const auto type = plugin::to_dtype(toType)) {
      change<ops::Cast>([&](auto& op) { op.to = *type; });
    }
  }
  nvinfer1::DataType getToType() const noexcept override {
    return plugin::to_data_type(op<ops::Cast>().to).value_or(nvinfer1::DataType::kFLOAT);
  }
};

using IdentityLayer = LayerOf<nvinfer1::IIdentityLayer, nvinfer1::LayerType::kIDENTITY>;
using SelectLayer = LayerOf<nvinfer1::ISelectLayer, nvinfer1::LayerType::kSELECT>;
using ShapeLayer = LayerOf<nvinfer1::IShapeLayer, nvinfer1::LayerType::kSHAPE>;

}  // namespace tenon::api
