// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges of input shapes an engine is built for.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// Which bound of a range.
enum class OptProfileSelector : int32_t {
  kMIN = 0,
  kOPT = 1,  ///< what the tuner times
  kMAX = 2
};
namespace impl {
template <>
struct EnumMaxImpl<OptProfileSelector> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// One range of shapes for all dynamic inputs, and of values for inputs that are shapes themselves.
/// Made and owned by the builder. Setters answer false, and change nothing, on a nonsensical value;
/// whether the bounds fit each other and the network, the build tells.
class IOptimizationProfile : public INoCopy {
 public:
  /// Sets one bound for the extents of an input.
  virtual bool setDimensions(char const* inputName, OptProfileSelector select,
                             Dims const& dims) noexcept = 0;

  /// The bound, or Dims with nbDims -1 if it was not set.
  virtual Dims getDimensions(char const* inputName, OptProfileSelector select) const noexcept = 0;

  /// Sets one bound for the values of a shape input; the values are copied.
  TRT_DEPRECATED virtual bool setShapeValues(char const* inputName, OptProfileSelector select,
                                             int32_t const* values, int32_t nbValues) noexcept = 0;

  /// Number of values of a shape input, or -1 if none were set.
  virtual int32_t getNbShapeValues(char const* inputName) const noexcept = 0;

  /// The values, owned by the profile and valid until it changes; null if none were set, or if they
  /// do not fit in 32 bits.
  TRT_DEPRECATED virtual int32_t const* getShapeValues(
      char const* inputName, OptProfileSelector select) const noexcept = 0;

  /// Share of memory, 0 to 1, that this profile may use beyond what the first one needs.
  virtual bool setExtraMemoryTarget(float target) noexcept = 0;
  virtual float getExtraMemoryTarget() const noexcept = 0;

  /// Whether, for every input that was set, the three bounds are there and in order.
  virtual bool isValid() const noexcept = 0;

  virtual bool setShapeValuesV2(char const* inputName, OptProfileSelector select,
                                int64_t const* values, int32_t nbValues) noexcept = 0;
  virtual int64_t const* getShapeValuesV2(char const* inputName,
                                          OptProfileSelector select) const noexcept = 0;

 protected:
  virtual ~IOptimizationProfile() noexcept = default;
};

}  // namespace nvinfer1
