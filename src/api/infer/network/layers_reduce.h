// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that combine elements along axes: reductions, softmax, products, normalisation.
#pragma once

#include <array>

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

/// The operator of a product of operands of these ranks: of matrices and single vectors alone, or
/// of stacks of vectors, too.
inline ops::Op product_of(const std::array<nvinfer1::MatrixOperation, 2>& operations,
                          const std::array<size_t, 2>& ranks) {
  using nvinfer1::MatrixOperation;
  const auto is = [&](size_t i, MatrixOperation operation) { return operations[i] == operation; };
  const auto is_stack = [&](size_t i) { return is(i, MatrixOperation::kVECTOR) && ranks[i] != 1; };
  const bool transposed[] = {is(0, MatrixOperation::kTRANSPOSE),
                             is(1, MatrixOperation::kTRANSPOSE)};
  if (!is_stack(0) && !is_stack(1)) {
    return ops::MatMul{transposed[0], transposed[1], {ops::ActivationKind::None, 0, 0}};
  }
  return ops::VectorProduct{transposed[0], transposed[1], is(0, MatrixOperation::kVECTOR),
                            is(1, MatrixOperation::kVECTOR)};
}

class MatrixMultiplyLayer final
    : public LayerOf<nvinfer1::IMatrixMultiplyLayer, nvinfer1::LayerType::kMATRIX_MULTIPLY> {
 public:
  using LayerOf::LayerOf;
  void setOperation(int32_t index, nvinfer1::MatrixOperation operation) noexcept override {
    if (index != 0 && index != 1) return;
    std::array<nvinfer1::MatrixOperation, 2> operations{getOperation(0), getOperation(1)};
    operations[static_cast<size_t>(index)] = operation;
    network_.change(node_, [&] { node_.op = product_of(operations, {rank(0), rank(1)}); });
  }
  nvinfer1::MatrixOperation getOperation(int32_t index) const noexcept override {
    using nvinfer1::MatrixOperation;
    const bool first = index == 0;
    const auto* vectors = node_.as<ops::VectorProduct>();
    const auto* product = node_.as<ops::MatMul>();
    const bool vector = vectors != nullptr && (first ? vectors->vector_a : vectors->vector_b);
    if (vector || rank(index) == 1) return MatrixOperation::kVECTOR;
    const bool transposed = vectors != nullptr
                                ? (first ? vectors->transpose_a : vectors->transpose_b)
                                : (first ? product->transpose_a : product->transpose_b);
    return transposed ? MatrixOperation::kTRANSPOSE : MatrixOperation::kNONE;
  }

 private:
  [[nodiscard]] size_t rank(int32_t index) const noexcept {
    const auto i = static_cast<size_t>(index);
    const bool there = index >= 0 && i < node_.inputs().size() && node_.input(i) != nullptr;
    return there ? node_.input(i)->shape().size() : 0;
  }
};

}  // namespace tenon::api
