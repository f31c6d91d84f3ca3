// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers without data inputs.
#pragma once

#include "nvinfer1/layer.h"
#include "nvinfer1/weights.h"

namespace nvinfer1 {

/// Constant values.
class IConstantLayer : public ILayer {
 public:
  /// Values; their count is that of the extents.
  virtual void setWeights(Weights weights) noexcept = 0;
  virtual Weights getWeights() const noexcept = 0;

  virtual void setDimensions(Dims const& dimensions) noexcept = 0;
  virtual Dims getDimensions() const noexcept = 0;

 protected:
  virtual ~IConstantLayer() noexcept = default;
};

/// What is filled in.
enum class FillOperation : int32_t {
  kLINSPACE = 0,        ///< start + index * step
  kRANDOM_UNIFORM = 1,  ///< between minimum and maximum
  kRANDOM_NORMAL = 2,   ///< with mean and deviation
};
namespace impl {
template <>
struct EnumMaxImpl<FillOperation> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// A new tensor. Alpha and beta are start and step, minimum and maximum, or mean and deviation.
/// Inputs 0, 1 and 2, when given, are the extents, alpha and beta; a linear space over several
/// dimensions needs one step a dimension in input 2.
class IFillLayer : public ILayer {
 public:
  virtual void setDimensions(Dims const& dimensions) noexcept = 0;
  virtual Dims getDimensions() const noexcept = 0;
  virtual void setOperation(FillOperation op) noexcept = 0;
  virtual FillOperation getOperation() const noexcept = 0;

  /// Setting a double takes an int64 back, and the other way round.
  virtual void setAlpha(double alpha) noexcept = 0;
  virtual double getAlpha() const noexcept = 0;

  virtual void setBeta(double beta) noexcept = 0;
  virtual double getBeta() const noexcept = 0;
  virtual void setAlphaInt64(int64_t alpha) noexcept = 0;
  virtual int64_t getAlphaInt64() const noexcept = 0;
  virtual void setBetaInt64(int64_t beta) noexcept = 0;
  virtual int64_t getBetaInt64() const noexcept = 0;

  /// Whether the int64 forms were set last.
  virtual bool isAlphaBetaInt64() const noexcept = 0;

  /// Type of the output: kFLOAT, kHALF, kINT32, kINT64 and the like.
  virtual void setToType(DataType toType) noexcept = 0;
  virtual DataType getToType() const noexcept = 0;

 protected:
  virtual ~IFillLayer() noexcept = default;
};

}  // namespace nvinfer1
