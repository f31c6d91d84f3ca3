// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that slide a window: convolution, deconvolution, pooling.
#pragma once

#include "nvinfer1/layer.h"
#include "nvinfer1/weights.h"

namespace nvinfer1 {

/// How the padding of a window operation is found.
enum class PaddingMode : int32_t {
  kEXPLICIT_ROUND_DOWN = 0,  ///< pre- and post-padding as set, output extents rounded down
  kEXPLICIT_ROUND_UP = 1,    ///< the same, output extents rounded up
  kSAME_UPPER =
      2,  ///< output extent is input extent over stride, rounded up; odd padding goes after
  kSAME_LOWER = 3,  ///< the same; odd padding goes before
};
namespace impl {
template <>
struct EnumMaxImpl<PaddingMode> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

/// Convolution (cross-correlation) over the last two or three dimensions of an N, C, spatial input.
/// Input 1 and 2, when given, are the kernel and the bias in place of the weights.
class IConvolutionLayer : public ILayer {
 public:
  /// Number of output channels.
  virtual void setNbOutputMaps(int64_t nbOutputMaps) noexcept = 0;
  virtual int64_t getNbOutputMaps() const noexcept = 0;

  /// Input and output channels are split into this many groups, each convolved alone. 1 by default.
  virtual void setNbGroups(int64_t nbGroups) noexcept = 0;
  virtual int64_t getNbGroups() const noexcept = 0;

  /// Kernel in K, C / groups, spatial order; count 0 when it is input 1.
  virtual void setKernelWeights(Weights weights) noexcept = 0;
  virtual Weights getKernelWeights() const noexcept = 0;

  /// One value an output channel, or count 0 for none.
  virtual void setBiasWeights(Weights weights) noexcept = 0;
  virtual Weights getBiasWeights() const noexcept = 0;

  /// Padding before each spatial extent; used with the explicit padding modes. 0 by default.
  virtual void setPrePadding(Dims const& padding) noexcept = 0;
  virtual Dims getPrePadding() const noexcept = 0;

  /// Padding after each spatial extent.
  virtual void setPostPadding(Dims const& padding) noexcept = 0;
  virtual Dims getPostPadding() const noexcept = 0;

  /// How padding and the rounding of output extents are found. kEXPLICIT_ROUND_DOWN by default.
  virtual void setPaddingMode(PaddingMode paddingMode) noexcept = 0;
  virtual PaddingMode getPaddingMode() const noexcept = 0;

  /// Extents of the window.
  virtual void setKernelSizeNd(Dims const& kernelSize) noexcept = 0;
  virtual Dims getKernelSizeNd() const noexcept = 0;

  /// Step of the window along each spatial dimension. 1 by default.
  virtual void setStrideNd(Dims const& stride) noexcept = 0;
  virtual Dims getStrideNd() const noexcept = 0;

  /// Sets padding before and after alike. getPaddingNd answers the padding before.
  virtual void setPaddingNd(Dims const& padding) noexcept = 0;
  virtual Dims getPaddingNd() const noexcept = 0;

  /// Distance of neighbours in the window. 1 by default.
  virtual void setDilationNd(Dims const& dilation) noexcept = 0;
  virtual Dims getDilationNd() const noexcept = 0;

 protected:
  virtual ~IConvolutionLayer() noexcept = default;
};

/// Transposed convolution: the gradient of a convolution with respect to its input. Inputs as
/// there; the kernel is in C, K / groups, spatial order.
class IDeconvolutionLayer : public ILayer {
 public:
  /// Number of output channels.
  virtual void setNbOutputMaps(int64_t nbOutputMaps) noexcept = 0;
  virtual int64_t getNbOutputMaps() const noexcept = 0;

  /// Input and output channels are split into this many groups. 1 by default.
  virtual void setNbGroups(int64_t nbGroups) noexcept = 0;
  virtual int64_t getNbGroups() const noexcept = 0;

  /// The kernel; count 0 when it is input 1.
  virtual void setKernelWeights(Weights weights) noexcept = 0;
  virtual Weights getKernelWeights() const noexcept = 0;

  /// One value an output channel, or count 0 for none.
  virtual void setBiasWeights(Weights weights) noexcept = 0;
  virtual Weights getBiasWeights() const noexcept = 0;

  /// What is cut from the front of each spatial extent of the output. 0 by default.
  virtual void setPrePadding(Dims const& padding) noexcept = 0;
  virtual Dims getPrePadding() const noexcept = 0;

  /// What is cut from its end.
  virtual void setPostPadding(Dims const& padding) noexcept = 0;
  virtual Dims getPostPadding() const noexcept = 0;

  /// How padding and the rounding of output extents are found. kEXPLICIT_ROUND_DOWN by default.
  virtual void setPaddingMode(PaddingMode paddingMode) noexcept = 0;
  virtual PaddingMode getPaddingMode() const noexcept = 0;

  /// Extents of the window.
  virtual void setKernelSizeNd(Dims const& kernelSize) noexcept = 0;
  virtual Dims getKernelSizeNd() const noexcept = 0;

  /// Step of the window along each spatial dimension. 1 by default.
  virtual void setStrideNd(Dims const& stride) noexcept = 0;
  virtual Dims getStrideNd() const noexcept = 0;

  /// Sets padding before and after alike. getPaddingNd answers the padding before.
  virtual void setPaddingNd(Dims const& padding) noexcept = 0;
  virtual Dims getPaddingNd() const noexcept = 0;

  /// Distance of neighbours in the window. 1 by default.
  virtual void setDilationNd(Dims const& dilation) noexcept = 0;
  virtual Dims getDilationNd() const noexcept = 0;

 protected:
  virtual ~IDeconvolutionLayer() noexcept = default;
};

/// What a pooling window answers.
enum class PoolingType : int32_t {
  kMAX = 0,                ///< the largest element
  kAVERAGE = 1,            ///< the mean
  kMAX_AVERAGE_BLEND = 2,  ///< (1 - blend) * max + blend * average
};
namespace impl {
template <>
struct EnumMaxImpl<PoolingType> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Pooling over the last two or three dimensions of an N, C, spatial input.
class IPoolingLayer : public ILayer {
 public:
  virtual void setPoolingType(PoolingType type) noexcept = 0;
  virtual PoolingType getPoolingType() const noexcept = 0;

  /// Share of the average in kMAX_AVERAGE_BLEND, 0 to 1.
  virtual void setBlendFactor(float blendFactor) noexcept = 0;
  virtual float getBlendFactor() const noexcept = 0;

  /// Whether the mean counts elements of the input only. True by default.
  virtual void setAverageCountExcludesPadding(bool exclusive) noexcept = 0;
  virtual bool getAverageCountExcludesPadding() const noexcept = 0;

  /// Padding before each spatial extent; used with the explicit padding modes. 0 by default.
  virtual void setPrePadding(Dims const& padding) noexcept = 0;
  virtual Dims getPrePadding() const noexcept = 0;

  /// Padding after each spatial extent.
  virtual void setPostPadding(Dims const& padding) noexcept = 0;
  virtual Dims getPostPadding() const noexcept = 0;

  /// How padding and the rounding of output extents are found. kEXPLICIT_ROUND_DOWN by default.
  virtual void setPaddingMode(PaddingMode paddingMode) noexcept = 0;
  virtual PaddingMode getPaddingMode() const noexcept = 0;

  /// Extents of the window.
  virtual void setWindowSizeNd(Dims const& windowSize) noexcept = 0;
  virtual Dims getWindowSizeNd() const noexcept = 0;

  /// Step of the window along each spatial dimension. 1 by default.
  virtual void setStrideNd(Dims const& stride) noexcept = 0;
  virtual Dims getStrideNd() const noexcept = 0;

  /// Sets padding before and after alike. getPaddingNd answers the padding before.
  virtual void setPaddingNd(Dims const& padding) noexcept = 0;
  virtual Dims getPaddingNd() const noexcept = 0;

 protected:
  virtual ~IPoolingLayer() noexcept = default;
};

}  // namespace nvinfer1
