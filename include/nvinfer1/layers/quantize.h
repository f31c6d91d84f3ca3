// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that change between real and quantized values.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

/// round(x / scale) + zero point, clamped. Input 1 is the scale, input 2, when given, the zero
/// point.
class IQuantizeLayer : public ILayer {
 public:
  /// The axis scales go along, when there are several; -1 for none.
  virtual int32_t getAxis() const noexcept = 0;
  virtual void setAxis(int32_t axis) noexcept = 0;

  /// Elements that share a scale along each dimension; nbDims 0 for none. False when it does not
  /// fit.
  virtual bool setBlockShape(Dims const& blockShape) noexcept = 0;
  virtual Dims getBlockShape() const noexcept = 0;

  /// kINT8, kFP8, kINT4, kFP4 or kUINT8.
  virtual void setToType(DataType toType) noexcept = 0;
  virtual DataType getToType() const noexcept = 0;

 protected:
  virtual ~IQuantizeLayer() noexcept = default;
};

/// (x - zero point) * scale. Input 1 is the scale, input 2, when given, the zero point.
class IDequantizeLayer : public ILayer {
 public:
  /// The axis scales go along, when there are several; -1 for none.
  virtual int32_t getAxis() const noexcept = 0;
  virtual void setAxis(int32_t axis) noexcept = 0;

  /// Elements that share a scale along each dimension; nbDims 0 for none. False when it does not
  /// fit.
  virtual bool setBlockShape(Dims const& blockShape) noexcept = 0;
  virtual Dims getBlockShape() const noexcept = 0;

  /// kFLOAT, kHALF or kBF16.
  virtual void setToType(DataType toType) noexcept = 0;
  virtual DataType getToType() const noexcept = 0;

 protected:
  virtual ~IDequantizeLayer() noexcept = default;
};

/// Quantizes blocks with scales found from the data. Output 0 holds the values, output 1 the
/// scales. Input 1, when given, is the scale of the scales.
class IDynamicQuantizeLayer : public ILayer {
 public:
  /// Type of output 0.
  virtual void setToType(DataType toType) noexcept = 0;
  virtual DataType getToType() const noexcept = 0;

  /// Type of output 1.
  virtual void setScaleType(DataType scaleType) noexcept = 0;
  virtual DataType getScaleType() const noexcept = 0;

  /// The blocked axis and the length of a block, where blocks are one-dimensional.
  TRT_DEPRECATED virtual void setAxis(int32_t axis) noexcept = 0;
  TRT_DEPRECATED virtual int32_t getAxis() const noexcept = 0;

  TRT_DEPRECATED virtual void setBlockSize(int32_t size) noexcept = 0;
  TRT_DEPRECATED virtual int32_t getBlockSize() const noexcept = 0;

  /// Extents of a block.
  virtual void setBlockShape(Dims const& blockShape) noexcept = 0;
  virtual Dims getBlockShape() const noexcept = 0;

 protected:
  virtual ~IDynamicQuantizeLayer() noexcept = default;
};

}  // namespace nvinfer1
