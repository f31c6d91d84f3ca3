// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks: tensors, layers and how they are added.
#pragma once

#include "plugin.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  enum class LayerType : int {
    kCONVOLUTION = 0,
    kFULLY_CONNECTED = 1,
    kACTIVATION = 2,
    kPOOLING = 3,
    kLRN = 4,
    kSCALE = 5,
    kSOFTMAX = 6,
    kDECONVOLUTION = 7,
    kCONCATENATION = 8,
    kELEMENTWISE = 9,
    kPLUGIN = 10,
    kRNN = 11,
    kUNARY = 12,
    kPADDING = 13,
    kSHUFFLE = 14,
    kREDUCE = 15,
    kTOPK = 16,
    kGATHER = 17,
    kMATRIX_MULTIPLY = 18,
    kRAGGED_SOFTMAX = 19,
    kCONSTANT = 20,
    kRNN_V2 = 21,
    kIDENTITY = 22,
    kPLUGIN_V2 = 23,
    kSLICE = 24,
    kSHAPE = 25,
    kPARAMETRIC_RELU = 26,
    kRESIZE = 27,
    kTRIP_LIMIT = 28,
    kRECURRENCE = 29,
    kITERATOR = 30,
    kLOOP_OUTPUT = 31,
    kSELECT = 32,
    kFILL = 33
  };

  enum class ActivationType : int {
    kRELU = 0,
    kSIGMOID = 1,
    kTANH = 2,
    kLEAKY_RELU = 3,
    kELU = 4,
    kSELU = 5,
    kSOFTSIGN = 6,
    kSOFTPLUS = 7,
    kCLIP = 8,
    kHARD_SIGMOID = 9,
    kSCALED_TANH = 10,
    kTHRESHOLDED_RELU = 11
  };
  enum class PoolingType : int { kMAX = 0, kAVERAGE = 1, kMAX_AVERAGE_BLEND = 2 };
  enum class ElementWiseOperation : int {
    kSUM = 0,
    kPROD = 1,
    kMAX = 2,
    kMIN = 3,
    kSUB = 4,
    kDIV = 5,
    kPOW = 6
  };

  /// A value of a network. Owned by it.
  class ITensor {
   public:
    virtual void setName(const char* name) = 0;
    virtual const char* getName() const = 0;
    virtual void setDimensions(Dims dimensions) = 0;
    virtual Dims getDimensions() const = 0;
    virtual void setType(DataType type) = 0;
    virtual DataType getType() const = 0;
    /// The range that int8 spans.
    virtual bool setDynamicRange(float min, float max) = 0;
    virtual bool isNetworkInput() const = 0;
    virtual bool isNetworkOutput() const = 0;
    virtual bool dynamicRangeIsSet() const = 0;
    virtual void resetDynamicRange() = 0;
    virtual float getDynamicRangeMin() const = 0;
    virtual float getDynamicRangeMax() const = 0;
    virtual void setAllowedFormats(TensorFormats formats) = 0;
    virtual TensorFormats getAllowedFormats() const = 0;
    virtual TensorLocation getLocation() const = 0;

   protected:
    virtual ~ITensor() {}
  };

  /// A layer of a network. Owned by it.
  class ILayer {
   public:
    virtual LayerType getType() const = 0;
    virtual void setName(const char* name) = 0;
    virtual const char* getName() const = 0;
    virtual int getNbInputs() const = 0;
    virtual ITensor* getInput(int index) const = 0;
    virtual int getNbOutputs() const = 0;
    virtual ITensor* getOutput(int index) const = 0;
    virtual void setPrecision(DataType dataType) = 0;
    virtual DataType getPrecision() const = 0;
    virtual bool precisionIsSet() const = 0;
    virtual void resetPrecision() = 0;
    virtual void setOutputType(int index, DataType dataType) = 0;
    virtual DataType getOutputType(int index) const = 0;
    virtual bool outputTypeIsSet(int index) const = 0;
    virtual void resetOutputType(int index) = 0;

   protected:
    virtual ~ILayer() {}
  };

  /// A network under construction. With an implicit batch no extent counts it.
  class INetworkDefinition {
   public:
    virtual ITensor* addInput(const char* name, DataType type, Dims dimensions) = 0;
    virtual void markOutput(ITensor& tensor) = 0;
    virtual ILayer* addActivation(ITensor& input, ActivationType type) = 0;
    virtual ILayer* addElementWise(ITensor& input1, ITensor& input2, ElementWiseOperation op) = 0;
    virtual ILayer* addIdentity(ITensor& input) = 0;
    /// The plugin is cloned.
    virtual ILayer* addPluginV2(ITensor* const* inputs, int nbInputs, IPluginV2& plugin) = 0;
    virtual int getNbLayers() const = 0;
    virtual ILayer* getLayer(int index) const = 0;
    virtual int getNbInputs() const = 0;
    virtual ITensor* getInput(int index) const = 0;
    virtual int getNbOutputs() const = 0;
    virtual ITensor* getOutput(int index) const = 0;
    virtual void unmarkOutput(ITensor& tensor) = 0;
    virtual void setName(const char* name) = 0;
    virtual const char* getName() const = 0;
    virtual bool hasImplicitBatchDimension() const = 0;
    virtual void destroy() = 0;
    virtual ~INetworkDefinition() {}
  };

}  // namespace compat7
}  // namespace nvinfer1
