// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that move elements, or tell how many there are.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

/// An order of dimensions: dimension i of the result is dimension order[i] of the source.
struct Permutation {
  int32_t order[Dims::MAX_DIMS];
};

/// A transpose, a reshape, and another transpose. Input 1, when given, holds the extents of the
/// reshape.
class IShuffleLayer : public ILayer {
 public:
  /// Applied before the reshape; the identity by default.
  virtual void setFirstTranspose(Permutation permutation) noexcept = 0;
  virtual Permutation getFirstTranspose() const noexcept = 0;

  /// New extents: -1, at most once, stands for what is left over; 0 copies the extent at that place
  /// while zero is a placeholder. nbDims -1 comes back when they are input 1.
  virtual void setReshapeDimensions(Dims const& dimensions) noexcept = 0;
  virtual Dims getReshapeDimensions() const noexcept = 0;

  /// Applied after the reshape; the identity by default.
  virtual void setSecondTranspose(Permutation permutation) noexcept = 0;
  virtual Permutation getSecondTranspose() const noexcept = 0;

  /// Whether an extent of 0 copies one of the input. True by default.
  virtual void setZeroIsPlaceholder(bool zeroIsPlaceholder) noexcept = 0;
  virtual bool getZeroIsPlaceholder() const noexcept = 0;

 protected:
  virtual ~IShuffleLayer() noexcept = default;
};

/// What is read outside a tensor.
enum class SampleMode : int32_t {
  kSTRICT_BOUNDS = 0,  ///< nothing may be
  kWRAP = 1,           ///< it repeats
  kCLAMP = 2,          ///< the nearest edge
  kFILL = 3,           ///< a constant
  kREFLECT = 4,        ///< it is mirrored, edges not repeated
};
namespace impl {
template <>
struct EnumMaxImpl<SampleMode> {
  static constexpr int32_t kVALUE = 5;
};
}  // namespace impl

/// Elements at regular distances. Inputs 1, 2 and 3, when given, are start, size and stride; 4 the
/// fill value of SampleMode::kFILL, 5 the axes.
class ISliceLayer : public ILayer {
 public:
  /// First index along each axis.
  virtual void setStart(Dims const& start) noexcept = 0;
  virtual Dims getStart() const noexcept = 0;

  /// Extents of the output.
  virtual void setSize(Dims const& size) noexcept = 0;
  virtual Dims getSize() const noexcept = 0;

  /// Step along each axis; may be negative.
  virtual void setStride(Dims const& stride) noexcept = 0;
  virtual Dims getStride() const noexcept = 0;

  /// What happens outside the input; kSTRICT_BOUNDS by default.
  virtual void setMode(SampleMode mode) noexcept = 0;
  virtual SampleMode getMode() const noexcept = 0;

  /// The axes the others speak of; all, in order, when nothing is set.
  virtual void setAxes(Dims const& axes) noexcept = 0;
  virtual Dims getAxes() const noexcept = 0;

 protected:
  virtual ~ISliceLayer() noexcept = default;
};

/// Inputs one after the other along an axis; their other extents are equal.
class IConcatenationLayer : public ILayer {
 public:
  /// 0 and up; by default the third-last dimension, or the first one.
  virtual void setAxis(int32_t axis) noexcept = 0;
  virtual int32_t getAxis() const noexcept = 0;

 protected:
  virtual ~IConcatenationLayer() noexcept = default;
};

/// Three ways to gather.
enum class GatherMode : int32_t {
  kDEFAULT = 0,  ///< whole slices along the axis, one an index
  kELEMENT = 1,  ///< single elements along the axis, indices shaped as the output
  kND = 2,       ///< the last dimension of the indices addresses several axes
};
namespace impl {
template <>
struct EnumMaxImpl<GatherMode> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Picks from input 0 (data) by input 1 (indices).
class IGatherLayer : public ILayer {
 public:
  /// The axis to pick along; not for kND.
  virtual void setGatherAxis(int32_t axis) noexcept = 0;
  virtual int32_t getGatherAxis() const noexcept = 0;

  /// Leading dimensions that data and indices share; kDEFAULT allows 0 or 1.
  virtual void setNbElementWiseDims(int32_t elementWiseDims) noexcept = 0;
  virtual int32_t getNbElementWiseDims() const noexcept = 0;

  virtual void setMode(GatherMode mode) noexcept = 0;
  virtual GatherMode getMode() const noexcept = 0;

 protected:
  virtual ~IGatherLayer() noexcept = default;
};

/// Zeros around, or with negative numbers cropping of, the last two dimensions.
class IPaddingLayer : public ILayer {
 public:
  virtual void setPrePaddingNd(Dims const& padding) noexcept = 0;
  virtual Dims getPrePaddingNd() const noexcept = 0;
  virtual void setPostPaddingNd(Dims const& padding) noexcept = 0;
  virtual Dims getPostPaddingNd() const noexcept = 0;

 protected:
  virtual ~IPaddingLayer() noexcept = default;
};

/// Drops extents of 1. Input 1 holds the axes, constant.
class ISqueezeLayer : public ILayer {
 protected:
  virtual ~ISqueezeLayer() noexcept = default;
};

/// Adds extents of 1. Input 1 holds the axes of the result, constant.
class IUnsqueezeLayer : public ILayer {
 protected:
  virtual ~IUnsqueezeLayer() noexcept = default;
};

/// Two ways to scatter.
enum class ScatterMode : int32_t {
  kELEMENT = 0,  ///< single elements along the axis
  kND = 1,       ///< the last dimension of the indices addresses several axes
};
namespace impl {
template <>
struct EnumMaxImpl<ScatterMode> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// A copy of input 0 (data) where places named by input 1 (indices) hold input 2 (updates).
class IScatterLayer : public ILayer {
 public:
  virtual void setMode(ScatterMode mode) noexcept = 0;
  virtual ScatterMode getMode() const noexcept = 0;

  /// The axis of kELEMENT.
  virtual void setAxis(int32_t axis) noexcept = 0;
  virtual int32_t getAxis() const noexcept = 0;

 protected:
  virtual ~IScatterLayer() noexcept = default;
};

/// Indices turned into vectors. Input 1 holds the values for off and on, input 2 the length.
class IOneHotLayer : public ILayer {
 public:
  /// Where the new dimension goes; negative counts from the end.
  virtual void setAxis(int32_t axis) noexcept = 0;
  virtual int32_t getAxis() const noexcept = 0;

 protected:
  virtual ~IOneHotLayer() noexcept = default;
};

/// Reverses the first elements of each sequence; input 1 holds the lengths.
class IReverseSequenceLayer : public ILayer {
 public:
  /// 1 by default.
  virtual void setBatchAxis(int32_t batchAxis) noexcept = 0;
  virtual int32_t getBatchAxis() const noexcept = 0;

  /// 0 by default.
  virtual void setSequenceAxis(int32_t sequenceAxis) noexcept = 0;
  virtual int32_t getSequenceAxis() const noexcept = 0;

 protected:
  virtual ~IReverseSequenceLayer() noexcept = default;
};

/// The extents of its input, kINT64, rank 1.
class IShapeLayer : public ILayer {
 protected:
  virtual ~IShapeLayer() noexcept = default;
};

}  // namespace nvinfer1
