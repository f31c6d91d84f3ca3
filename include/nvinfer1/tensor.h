// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A tensor of a network.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/tensor_format.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// One value of a network: an input, or an output of a layer. Owned by the network. Shapes and
/// types are computed anew when they are asked for after a change of the network.
class ITensor : public INoCopy {
 public:
  /// The name by which inputs and outputs are addressed at run time; unique in the network. Copied.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

  /// Extents of a network input, -1 where dynamic. Ignored, with a warning, on other tensors.
  virtual void setDimensions(Dims const& dimensions) noexcept = 0;

  /// Extents as the layer's rule tells, -1 where they are not known while building; nbDims -1 when
  /// the layer is wrongly made.
  virtual Dims getDimensions() const noexcept = 0;

  /// Type of a network input, or a request for the type of an output in a weakly typed network.
  TRT_DEPRECATED virtual void setType(DataType type) noexcept = 0;
  virtual DataType getType() const noexcept = 0;

  /// Range of real values, for quantization in weakly typed networks without a calibrator. It is
  /// made symmetric: the larger magnitude counts. False when min is above max.
  TRT_DEPRECATED virtual bool setDynamicRange(float min, float max) noexcept = 0;

  /// Which border of the network it belongs to, if any.
  virtual bool isNetworkInput() const noexcept = 0;

  virtual bool isNetworkOutput() const noexcept = 0;

  /// Without effect: batches are a dimension like others.
  TRT_DEPRECATED virtual void setBroadcastAcrossBatch(bool broadcastAcrossBatch) noexcept = 0;
  TRT_DEPRECATED virtual bool getBroadcastAcrossBatch() const noexcept = 0;

  /// kHOST for tensors that the engine keeps in host memory.
  virtual TensorLocation getLocation() const noexcept = 0;
  TRT_DEPRECATED virtual void setLocation(TensorLocation location) noexcept = 0;

  /// The range that was set; NaN when there is none.
  TRT_DEPRECATED virtual bool dynamicRangeIsSet() const noexcept = 0;
  virtual void resetDynamicRange() noexcept = 0;

  virtual float getDynamicRangeMin() const noexcept = 0;
  virtual float getDynamicRangeMax() const noexcept = 0;

  /// Formats a network input or output may have, bit i for TensorFormat i; all when nothing is set.
  virtual void setAllowedFormats(TensorFormats formats) noexcept = 0;
  virtual TensorFormats getAllowedFormats() const noexcept = 0;

  /// Whether shapes are computed from its values. Of type kINT32, kINT64, kFLOAT or kBOOL, rank 0
  /// or 1.
  virtual bool isShapeTensor() const noexcept = 0;

  /// Whether it is computed while running. A tensor can be both.
  virtual bool isExecutionTensor() const noexcept = 0;

  /// Names an extent of an input; extents of one name must be equal at run time. Null takes the
  /// name away. Copied.
  virtual void setDimensionName(int32_t index, char const* name) noexcept = 0;
  virtual char const* getDimensionName(int32_t index) const noexcept = 0;

 protected:
  virtual ~ITensor() noexcept = default;
};

}  // namespace nvinfer1
