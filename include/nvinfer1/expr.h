// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes as expressions: how a plugin computes its output extents before they are known.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

class IDimensionExpr;

/// Operations on extents. Divisions need a positive divisor; comparisons give 0 or 1.
enum class DimensionOperation : int32_t {
  kSUM = 0,
  kPROD = 1,
  kMAX = 2,
  kMIN = 3,
  kSUB = 4,
  kEQUAL = 5,
  kLESS = 6,
  kFLOOR_DIV = 7,
  kCEIL_DIV = 8
};
namespace impl {
template <>
struct EnumMaxImpl<DimensionOperation> {
  static constexpr int32_t kVALUE = 9;
};
}  // namespace impl

// Compiled plugins reach expressions through one pointer behind the table of virtual methods of
// IExprBuilder and IDimensionExpr, and through the order of the virtual methods in `apiv`. Both are
// part of the binary contract: change neither.
namespace apiv {

class VRoot {
 public:
  virtual ~VRoot() noexcept = default;
};

/// What an IDimensionExpr forwards to.
class VDimensionExpr : public VRoot {
 public:
  virtual bool isConstant() const = 0;
  virtual int64_t getConstantValue() const = 0;
  virtual bool isSizeTensor() const = 0;
};

/// What an IExprBuilder forwards to.
class VExprBuilder : public VRoot {
 public:
  virtual IDimensionExpr const* constant(int64_t value) = 0;
  virtual IDimensionExpr const* operation(DimensionOperation op, IDimensionExpr const& first,
                                          IDimensionExpr const& second) = 0;
  virtual IDimensionExpr const* declareSizeTensor(int32_t outputIndex, IDimensionExpr const& opt,
                                                  IDimensionExpr const& upper) = 0;
};

}  // namespace apiv

/// An extent, perhaps not known yet. Made and owned by the IExprBuilder of the same call, valid
/// until that call returns.
class IDimensionExpr : public INoCopy {
 public:
  /// Whether the value is known now.
  bool isConstant() const noexcept { return mImpl->isConstant(); }

  /// The value; the smallest int64_t when it is not constant.
  int64_t getConstantValue() const noexcept { return mImpl->getConstantValue(); }

 protected:
  apiv::VDimensionExpr* mImpl{};
  virtual ~IDimensionExpr() noexcept = default;

 public:
  /// Whether the value is that of an output declared with IExprBuilder::declareSizeTensor.
  bool isSizeTensor() const noexcept { return mImpl->isSizeTensor(); }
};

/// Makes expressions during a call of getOutputShapes or getOutputDimensions. One thread at a time.
class IExprBuilder : public INoCopy {
 public:
  /// An expression of known value.
  IDimensionExpr const* constant(int64_t value) noexcept { return mImpl->constant(value); }

  /// `op` applied to two expressions of this builder; null when `op` is none of the enumerators.
  IDimensionExpr const* operation(DimensionOperation op, IDimensionExpr const& first,
                                  IDimensionExpr const& second) noexcept {
    return mImpl->operation(op, first, second);
  }

 protected:
  apiv::VExprBuilder* mImpl{};
  virtual ~IExprBuilder() noexcept = default;

 public:
  /// Declares output `outputIndex` to be a scalar of type kINT32 or kINT64 that enqueue writes, and
  /// returns the expression standing for what it will write. `opt` is the value the tuner assumes,
  /// `upper` bounds it: outputs sized by it are allocated for `upper`.
  IDimensionExpr const* declareSizeTensor(int32_t outputIndex, IDimensionExpr const& opt,
                                          IDimensionExpr const& upper) {
    return mImpl->declareSizeTensor(outputIndex, opt, upper);
  }
};

/// Dims whose extents are expressions.
class DimsExprs {
 public:
  int32_t nbDims;
  IDimensionExpr const* d[Dims::MAX_DIMS];
};

}  // namespace nvinfer1
