// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that treat each element by itself.
#pragma once

#include "nvinfer1/layer.h"
#include "nvinfer1/weights.h"

namespace nvinfer1 {

/// Functions of one element x, with the layer's alpha (a) and beta (b).
enum class ActivationType : int32_t {
  kRELU = 0,               ///< max(0, x)
  kSIGMOID = 1,            ///< 1 / (1 + exp(-x))
  kTANH = 2,               ///< tanh(x)
  kLEAKY_RELU = 3,         ///< x >= 0 ? x : a * x
  kELU = 4,                ///< x >= 0 ? x : a * (exp(x) - 1)
  kSELU = 5,               ///< x > 0 ? b * x : b * (a * exp(x) - a)
  kSOFTSIGN = 6,           ///< x / (1 + |x|)
  kSOFTPLUS = 7,           ///< a * log(exp(b * x) + 1)
  kCLIP = 8,               ///< max(a, min(b, x))
  kHARD_SIGMOID = 9,       ///< max(0, min(1, a * x + b))
  kSCALED_TANH = 10,       ///< a * tanh(b * x)
  kTHRESHOLDED_RELU = 11,  ///< x > a ? x : 0
  kGELU_ERF = 12,          ///< 0.5 * x * (1 + erf(sqrt(0.5) * x))
  kGELU_TANH = 13,         ///< 0.5 * x * (1 + tanh(sqrt(2 / pi) * (0.044715 * x^3 + x)))
};
namespace impl {
template <>
struct EnumMaxImpl<ActivationType> {
  static constexpr int32_t kVALUE = 14;
};
}  // namespace impl

/// A function of each element.
class IActivationLayer : public ILayer {
 public:
  virtual void setActivationType(ActivationType type) noexcept = 0;
  virtual ActivationType getActivationType() const noexcept = 0;

  /// Parameters of the function, as ActivationType names them; 0 by default.
  virtual void setAlpha(float alpha) noexcept = 0;

  virtual void setBeta(float beta) noexcept = 0;
  virtual float getAlpha() const noexcept = 0;
  virtual float getBeta() const noexcept = 0;

 protected:
  virtual ~IActivationLayer() noexcept = default;
};

/// Operations on two elements.
enum class ElementWiseOperation : int32_t {
  kSUM = 0,
  kPROD = 1,
  kMAX = 2,
  kMIN = 3,
  kSUB = 4,
  kDIV = 5,  ///< truncates for integers
  kPOW = 6,
  kFLOOR_DIV = 7,  ///< the quotient rounded down
  kAND = 8,        ///< kBOOL only, as kOR and kXOR
  kOR = 9,
  kXOR = 10,
  kEQUAL = 11,  ///< gives kBOOL, as kGREATER and kLESS
  kGREATER = 12,
  kLESS = 13,
};
namespace impl {
template <>
struct EnumMaxImpl<ElementWiseOperation> {
  static constexpr int32_t kVALUE = 14;
};
}  // namespace impl

/// An operation on two inputs of equal rank; extents of 1 are broadcast.
class IElementWiseLayer : public ILayer {
 public:
  virtual void setOperation(ElementWiseOperation op) noexcept = 0;
  virtual ElementWiseOperation getOperation() const noexcept = 0;

 protected:
  virtual ~IElementWiseLayer() noexcept = default;
};

/// Operations on one element.
enum class UnaryOperation : int32_t {
  kEXP = 0,
  kLOG = 1,
  kSQRT = 2,
  kRECIP = 3,  ///< 1 / x
  kABS = 4,
  kNEG = 5,
  kSIN = 6,
  kCOS = 7,
  kTAN = 8,
  kSINH = 9,
  kCOSH = 10,
  kASIN = 11,
  kACOS = 12,
  kATAN = 13,
  kASINH = 14,
  kACOSH = 15,
  kATANH = 16,
  kCEIL = 17,
  kFLOOR = 18,
  kERF = 19,    ///< Gauss error function
  kNOT = 20,    ///< kBOOL only
  kSIGN = 21,   ///< -1, 0 or 1
  kROUND = 22,  ///< to the nearest, ties to even
  kISINF = 23,  ///< gives kBOOL
  kISNAN = 24,  ///< gives kBOOL
};
namespace impl {
template <>
struct EnumMaxImpl<UnaryOperation> {
  static constexpr int32_t kVALUE = 25;
};
}  // namespace impl

/// An operation on each element.
class IUnaryLayer : public ILayer {
 public:
  virtual void setOperation(UnaryOperation op) noexcept = 0;
  virtual UnaryOperation getOperation() const noexcept = 0;

 protected:
  virtual ~IUnaryLayer() noexcept = default;
};

/// What one value of shift, scale and power applies to.
enum class ScaleMode : int32_t {
  kUNIFORM = 0,      ///< the whole tensor
  kCHANNEL = 1,      ///< one index of the channel axis
  kELEMENTWISE = 2,  ///< one element
};
namespace impl {
template <>
struct EnumMaxImpl<ScaleMode> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// (x * scale + shift) ^ power, each with one value, or one a channel or element. Missing weights
/// mean 1, 0, 1.
class IScaleLayer : public ILayer {
 public:
  virtual void setMode(ScaleMode mode) noexcept = 0;
  virtual ScaleMode getMode() const noexcept = 0;

  /// Weights; count 0 for none.
  virtual void setShift(Weights shift) noexcept = 0;
  virtual Weights getShift() const noexcept = 0;

  virtual void setScale(Weights scale) noexcept = 0;
  virtual Weights getScale() const noexcept = 0;
  virtual void setPower(Weights power) noexcept = 0;
  virtual Weights getPower() const noexcept = 0;

  /// The axis kCHANNEL counts along; 1 by default.
  virtual int32_t getChannelAxis() const noexcept = 0;
  virtual void setChannelAxis(int32_t channelAxis) noexcept = 0;

 protected:
  virtual ~IScaleLayer() noexcept = default;
};

/// x >= 0 ? x : slope * x. Input 1 is the slope, broadcast to input 0.
class IParametricReLULayer : public ILayer {
 protected:
  virtual ~IParametricReLULayer() noexcept = default;
};

/// Element by element input 1 where input 0 (kBOOL) is true, otherwise input 2; all broadcast.
class ISelectLayer : public ILayer {
 protected:
  virtual ~ISelectLayer() noexcept = default;
};

/// Conversion of the element type; floating point to integer truncates.
class ICastLayer : public ILayer {
 public:
  virtual void setToType(DataType toType) noexcept = 0;
  virtual DataType getToType() const noexcept = 0;

 protected:
  virtual ~ICastLayer() noexcept = default;
};

/// A copy; in weakly typed networks it converts when an output type is set.
class IIdentityLayer : public ILayer {
 protected:
  virtual ~IIdentityLayer() noexcept = default;
};

}  // namespace nvinfer1
