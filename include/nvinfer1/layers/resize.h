// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that sample an image at other places.
#pragma once

#include "nvinfer1/layers/movement.h"

namespace nvinfer1 {

/// How values between elements are found.
enum class InterpolationMode : int32_t {
  kNEAREST = 0,  ///< one neighbour
  kLINEAR = 1,   ///< two neighbours along each resized dimension
  kCUBIC = 2,    ///< four neighbours along each of the last two dimensions
};
namespace impl {
template <>
struct EnumMaxImpl<InterpolationMode> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Which input coordinate an output coordinate x falls on.
enum class ResizeCoordinateTransformation : int32_t {
  kALIGN_CORNERS = 0,  ///< x * (in - 1) / (out - 1)
  kASYMMETRIC = 1,     ///< x * in / out
  kHALF_PIXEL = 2,     ///< (x + 0.5) * in / out - 0.5
};
namespace impl {
template <>
struct EnumMaxImpl<ResizeCoordinateTransformation> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Where to sample when an output extent is 1.
enum class ResizeSelector : int32_t {
  kFORMULA = 0,  ///< as the transformation says
  kUPPER = 1,    ///< at the first element
};
namespace impl {
template <>
struct EnumMaxImpl<ResizeSelector> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// How a coordinate is rounded in kNEAREST.
enum class ResizeRoundMode : int32_t {
  kHALF_UP = 0,    ///< halves up
  kHALF_DOWN = 1,  ///< halves down
  kFLOOR = 2,
  kCEIL = 3,
};
namespace impl {
template <>
struct EnumMaxImpl<ResizeRoundMode> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

/// Another size by interpolation. Input 1, when given, holds the output extents.
class IResizeLayer : public ILayer {
 public:
  /// Output extents; nbDims 0 when they follow from scales or input 1.
  virtual void setOutputDimensions(Dims const& dimensions) noexcept = 0;
  virtual Dims getOutputDimensions() const noexcept = 0;

  /// Ratio of output to input for each dimension; copied. Extents are rounded down.
  virtual void setScales(float const* scales, int32_t nbScales) noexcept = 0;

  /// Writes up to `size` of them; returns how many there are, -1 when none are set.
  virtual int32_t getScales(int32_t size, float* scales) const noexcept = 0;

  /// kNEAREST by default.
  virtual void setResizeMode(InterpolationMode interpolationMode) noexcept = 0;
  virtual InterpolationMode getResizeMode() const noexcept = 0;

  /// kASYMMETRIC by default.
  virtual void setCoordinateTransformation(
      ResizeCoordinateTransformation coordTransform) noexcept = 0;
  virtual ResizeCoordinateTransformation getCoordinateTransformation() const noexcept = 0;

  /// kFORMULA by default.
  virtual void setSelectorForSinglePixel(ResizeSelector selector) noexcept = 0;
  virtual ResizeSelector getSelectorForSinglePixel() const noexcept = 0;

  /// kFLOOR by default.
  virtual void setNearestRounding(ResizeRoundMode value) noexcept = 0;
  virtual ResizeRoundMode getNearestRounding() const noexcept = 0;

  /// Coefficient of the cubic; -0.75 by default.
  virtual void setCubicCoeff(float A) noexcept = 0;
  virtual float getCubicCoeff() const noexcept = 0;

  /// Whether neighbours outside get no weight and the others are scaled up. False by default.
  virtual void setExcludeOutside(bool excludeFlag) noexcept = 0;
  virtual bool getExcludeOutside() const noexcept = 0;

 protected:
  virtual ~IResizeLayer() noexcept = default;
};

/// Input 0 (N, C, H, W) sampled at the places of input 1 (N, H', W', 2), x before y, -1 to 1 from
/// edge to edge.
class IGridSampleLayer : public ILayer {
 public:
  /// kLINEAR by default.
  virtual void setInterpolationMode(InterpolationMode mode) noexcept = 0;
  virtual InterpolationMode getInterpolationMode() const noexcept = 0;

  /// Whether -1 and 1 are the centres of the outer elements and not their edges. False by default.
  virtual void setAlignCorners(bool alignCorners) noexcept = 0;
  virtual bool getAlignCorners() const noexcept = 0;

  /// kFILL, kCLAMP or kREFLECT; kFILL, with zeros, by default. False otherwise.
  virtual bool setSampleMode(SampleMode mode) noexcept = 0;
  virtual SampleMode getSampleMode() const noexcept = 0;

 protected:
  virtual ~IGridSampleLayer() noexcept = default;
};

}  // namespace nvinfer1
