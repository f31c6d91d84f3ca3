// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices and of tensors.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

/// What is done to an operand first.
enum class MatrixOperation : int32_t {
  kNONE = 0,
  kTRANSPOSE = 1,  ///< swap the last two dimensions
  kVECTOR = 2,     ///< the last dimension is a vector, the others are batches
};
namespace impl {
template <>
struct EnumMaxImpl<MatrixOperation> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// The product over the last two dimensions of both inputs; leading extents are equal or 1.
class IMatrixMultiplyLayer : public ILayer {
 public:
  /// `index` is 0 or 1.
  virtual void setOperation(int32_t index, MatrixOperation op) noexcept = 0;
  virtual MatrixOperation getOperation(int32_t index) const noexcept = 0;

 protected:
  virtual ~IMatrixMultiplyLayer() noexcept = default;
};

/// A sum of products by an equation such as "ij,jk->ik"; lower-case letters, no repeated ones in an
/// operand.
class IEinsumLayer : public ILayer {
 public:
  /// Copied. False when it does not fit the number of inputs.
  virtual bool setEquation(char const* equation) noexcept = 0;
  virtual char const* getEquation() const noexcept = 0;

 protected:
  virtual ~IEinsumLayer() noexcept = default;
};

}  // namespace nvinfer1
