// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that look along axes: reductions, norms, searches.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

/// What is done along the reduced axes.
enum class ReduceOperation : int32_t {
  kSUM = 0,
  kPROD = 1,
  kMAX = 2,
  kMIN = 3,
  kAVG = 4,   ///< the mean
  kNONE = 5,  ///< nothing; for collectives that move data only
};
namespace impl {
template <>
struct EnumMaxImpl<ReduceOperation> {
  static constexpr int32_t kVALUE = 6;
};
}  // namespace impl

/// A reduction over several axes.
class IReduceLayer : public ILayer {
 public:
  virtual void setOperation(ReduceOperation op) noexcept = 0;
  virtual ReduceOperation getOperation() const noexcept = 0;

  /// Bit i set: axis i is reduced.
  virtual void setReduceAxes(uint32_t reduceAxes) noexcept = 0;
  virtual uint32_t getReduceAxes() const noexcept = 0;

  /// Whether reduced axes stay, with extent 1.
  virtual void setKeepDimensions(bool keepDimensions) noexcept = 0;
  virtual bool getKeepDimensions() const noexcept = 0;

 protected:
  virtual ~IReduceLayer() noexcept = default;
};

/// Which end is searched.
enum class TopKOperation : int32_t {
  kMAX = 0,
  kMIN = 1,
};
namespace impl {
template <>
struct EnumMaxImpl<TopKOperation> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// The k largest or smallest elements along one axis, in order, and their indices. Input 1, when
/// given, is k.
class ITopKLayer : public ILayer {
 public:
  virtual void setOperation(TopKOperation op) noexcept = 0;
  virtual TopKOperation getOperation() const noexcept = 0;

  /// 0 to 3840.
  virtual void setK(int32_t k) noexcept = 0;
  virtual int32_t getK() const noexcept = 0;

  /// One bit: the axis.
  virtual void setReduceAxes(uint32_t reduceAxes) noexcept = 0;
  virtual uint32_t getReduceAxes() const noexcept = 0;

  /// Type of output 1: kINT32 or kINT64. False otherwise.
  virtual bool setIndicesType(DataType type) noexcept = 0;
  virtual DataType getIndicesType() const noexcept = 0;

 protected:
  virtual ~ITopKLayer() noexcept = default;
};

/// exp(x) over its sum along one axis.
class ISoftMaxLayer : public ILayer {
 public:
  /// One bit: the axis. By default the third-last dimension, or the first one.
  virtual void setAxes(uint32_t axes) noexcept = 0;
  virtual uint32_t getAxes() const noexcept = 0;

 protected:
  virtual ~ISoftMaxLayer() noexcept = default;
};

/// Softmax over the first elements of each row of input 0; input 1 holds their number.
class IRaggedSoftMaxLayer : public ILayer {
 protected:
  virtual ~IRaggedSoftMaxLayer() noexcept = default;
};

/// What is accumulated.
enum class CumulativeOperation : int32_t {
  kSUM = 0,
};
namespace impl {
template <>
struct EnumMaxImpl<CumulativeOperation> {
  static constexpr int32_t kVALUE = 1;
};
}  // namespace impl

/// Running results along the axis in input 1, a constant scalar.
class ICumulativeLayer : public ILayer {
 public:
  /// False for no enumerator.
  virtual bool setOperation(CumulativeOperation op) noexcept = 0;
  virtual CumulativeOperation getOperation() const noexcept = 0;

  /// Whether an element counts only those before it.
  virtual void setExclusive(bool exclusive) noexcept = 0;
  virtual bool getExclusive() const noexcept = 0;

  /// Whether it runs from the end.
  virtual void setReverse(bool reverse) noexcept = 0;
  virtual bool getReverse() const noexcept = 0;

 protected:
  virtual ~ICumulativeLayer() noexcept = default;
};

/// (x - mean) / sqrt(variance + epsilon) * scale + bias over the axes; input 1 is scale, input 2
/// bias. Layers of addNormalizationV2 take scale and bias of any broadcastable shape.
class INormalizationLayer : public ILayer {
 public:
  /// Added to the variance; 1e-5 by default.
  virtual void setEpsilon(float eps) noexcept = 0;
  virtual float getEpsilon() const noexcept = 0;

  /// Bit i set: axis i is normalized over.
  virtual void setAxes(uint32_t axesMask) noexcept = 0;
  virtual uint32_t getAxes() const noexcept = 0;

  /// Channels are split into this many groups; 1 by default. With more, all axes after the channels
  /// count.
  virtual void setNbGroups(int64_t nbGroups) noexcept = 0;
  virtual int64_t getNbGroups() const noexcept = 0;

  /// A wish for the type it computes in; weakly typed networks only.
  TRT_DEPRECATED virtual void setComputePrecision(DataType type) noexcept = 0;
  TRT_DEPRECATED virtual DataType getComputePrecision() const noexcept = 0;

  /// Whether it was made by addNormalizationV2.
  virtual bool isV2() const noexcept = 0;

 protected:
  virtual ~INormalizationLayer() noexcept = default;
};

/// x / (k + alpha * mean square over a window of channels) ^ beta.
class ILRNLayer : public ILayer {
 public:
  /// Channels in the window, odd.
  virtual void setWindowSize(int64_t windowSize) noexcept = 0;
  virtual int64_t getWindowSize() const noexcept = 0;

  virtual void setAlpha(float alpha) noexcept = 0;
  virtual float getAlpha() const noexcept = 0;
  virtual void setBeta(float beta) noexcept = 0;
  virtual float getBeta() const noexcept = 0;
  virtual void setK(float k) noexcept = 0;
  virtual float getK() const noexcept = 0;

 protected:
  virtual ~ILRNLayer() noexcept = default;
};

/// Indices of all elements that are not zero, one column each; how many, only the run tells.
class INonZeroLayer : public ILayer {
 public:
  /// kINT32 or kINT64. False otherwise.
  virtual bool setIndicesType(DataType type) noexcept = 0;
  virtual DataType getIndicesType() const noexcept = 0;

 protected:
  virtual ~INonZeroLayer() noexcept = default;
};

/// The four numbers of a box.
enum class BoundingBoxFormat : int32_t {
  kCORNER_PAIRS = 0,  ///< x1, y1, x2, y2
  kCENTER_SIZES = 1,  ///< x and y of the centre, width, height
};
namespace impl {
template <>
struct EnumMaxImpl<BoundingBoxFormat> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// Non-maximum suppression of boxes (input 0) by scores (input 1), at most input 2 a class. Inputs
/// 3 and 4, when given, are the overlap and the score thresholds. Output 0 holds rows of batch,
/// class and box index, output 1 their number.
class INMSLayer : public ILayer {
 public:
  /// kCORNER_PAIRS by default.
  virtual void setBoundingBoxFormat(BoundingBoxFormat fmt) noexcept = 0;
  virtual BoundingBoxFormat getBoundingBoxFormat() const noexcept = 0;

  /// Boxes considered in each batch item and class; 2000 by default.
  virtual void setTopKBoxLimit(int32_t limit) noexcept = 0;
  virtual int32_t getTopKBoxLimit() const noexcept = 0;

  /// Type of output 0: kINT32 or kINT64. False otherwise.
  virtual bool setIndicesType(DataType type) noexcept = 0;
  virtual DataType getIndicesType() const noexcept = 0;

 protected:
  virtual ~INMSLayer() noexcept = default;
};

}  // namespace nvinfer1
