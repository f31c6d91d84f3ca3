// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that combine elements along axes: reductions, softmax, products, normalisation.
#pragma once

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

/// Bit i set: axis i.
inline Dims axes_of(uint32_t mask) {
  Dims axes;
  for (int axis = 0; axis < Dims::kMaxRank; ++axis) {
    if ((mask >> axis & 1U) != 0) axes.push_back(axis);
  }
  return axes;
}
inline uint32_t mask_of(const Dims& axes) {
  uint32_t mask = 0;
  for (const int64_t axis : axes) mask |= 1U << axis;
  return mask;
}

class ReduceLayer final : public LayerOf<nvinfer1::IReduceLayer, nvinfer1::LayerType::kREDUCE> {
 public:
  using LayerOf::LayerOf;
  void setOperation(nvinfer1::ReduceOperation operation) noexcept override {
    if (const auto kind = to_own(kReduces, operation)) {
      change<ops::Reduce>([&](auto& op) { op.kind = *kind; });
    }
  }
  nvinfer1::ReduceOperation getOperation() const noexcept override {
    return to_foreign(kReduces, op<ops::Reduce>().kind);
  }
  void setReduceAxes(uint32_t reduceAxes) noexcept override {
    change<ops::Reduce>([&](auto& op) { op.axes = axes_of(reduceAxes); });
  }
  uint32_t getReduceAxes() const noexcept override { return mask_of(op<ops::Reduce>().axes); }
  void setKeepDimensions(bool keepDimensions) noexcept override {
    change<ops::Reduce>([&](auto& op) { op.keep_dims = keepDimensions; });
  }
  bool getKeepDimensions() const noexcept override { return op<ops::Reduce>().keep_dims; }
};

class SoftmaxLayer final : public LayerOf<nvinfer1::ISoftMaxLayer, nvinfer1::LayerType::kSOFTMAX> {
 public:
  using LayerOf::LayerOf;
  void setAxes(uint32_t axes) noexcept override {
    const Dims chosen = axes_of(axes);
    if (chosen.rank() != 1) {
      network_.voice().refuse(Code::InvalidArgument, "ISoftMaxLayer::setAxes takes one axis");
      return;
    }
    change<ops::Softmax>([&](auto& op) { op.axis = chosen[0]; });
  }
  uint32_t getAxes() const noexcept override { return 1U << op<ops::Softmax>().axis; }
};

class MatrixMultiplyLayer final
    : public LayerOf<nvinfer1::IMatrixMultiplyLayer, nvinfer1::LayerType::kMATRIX_MULTIPLY> {
 public:
  using LayerOf::LayerOf;
  void setOperation(int32_t index, nvinfer1::MatrixOperation operation) noexcept override {
    change<ops::MatMul>([&](auto& op) {
      (index == 0 ? op.transpose_a : op.transpose_b) =
          operation == nvinfer1::MatrixOperation::kTRANSPOSE;
    });
  }
  nvinfer1::MatrixOperation getOperation(int32_t index) const noexcept override {
    const ir::Value* input = node_.input(static_cast<size_t>(index));
    if (input != nullptr && input->shape().size() == 1) return nvinfer1::MatrixOperation::kVECTOR;
    const bool transposed =
        index == 0 ? op<ops::MatMul>().transpose_a : op<ops::MatMul>().transpose_b;
    return transposed ? nvinfer1::MatrixOperation::kTRANSPOSE : nvinfer1::MatrixOperation::kNONE;
  }
};

}  // namespace tenon::api
