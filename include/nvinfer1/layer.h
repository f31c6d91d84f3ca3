// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A layer of a network.
#pragma once

#include "nvinfer1/tensor.h"

namespace nvinfer1 {

/// The class of a layer, for casting an ILayer down.
enum class LayerType : int32_t {
  kCONVOLUTION = 0,
  kCAST = 1,
  kACTIVATION = 2,
  kPOOLING = 3,
  kLRN = 4,
  kSCALE = 5,
  kSOFTMAX = 6,
  kDECONVOLUTION = 7,
  kCONCATENATION = 8,
  kELEMENTWISE = 9,
  kPLUGIN = 10,  ///< of older versions; never answered
  kUNARY = 11,
  kPADDING = 12,
  kSHUFFLE = 13,
  kREDUCE = 14,
  kTOPK = 15,
  kGATHER = 16,
  kMATRIX_MULTIPLY = 17,
  kRAGGED_SOFTMAX = 18,
  kCONSTANT = 19,
  kIDENTITY = 20,
  kPLUGIN_V2 = 21,  ///< IPluginV2Layer
  kSLICE = 22,
  kSHAPE = 23,
  kPARAMETRIC_RELU = 24,
  kRESIZE = 25,
  kTRIP_LIMIT = 26,  ///< ITripLimitLayer
  kRECURRENCE = 27,  ///< IRecurrenceLayer
  kITERATOR = 28,
  kLOOP_OUTPUT = 29,
  kSELECT = 30,
  kFILL = 31,
  kQUANTIZE = 32,
  kDEQUANTIZE = 33,
  kCONDITION = 34,
  kCONDITIONAL_INPUT = 35,
  kCONDITIONAL_OUTPUT = 36,
  kSCATTER = 37,
  kEINSUM = 38,
  kASSERTION = 39,
  kONE_HOT = 40,
  kNON_ZERO = 41,
  kGRID_SAMPLE = 42,
  kNMS = 43,  ///< INMSLayer
  kREVERSE_SEQUENCE = 44,
  kNORMALIZATION = 45,
  kPLUGIN_V3 = 46,  ///< IPluginV3Layer
  kSQUEEZE = 47,
  kUNSQUEEZE = 48,
  kCUMULATIVE = 49,
  kDYNAMIC_QUANTIZE = 50,
  kATTENTION_INPUT = 51,
  kATTENTION_OUTPUT = 52,
  kROTARY_EMBEDDING = 53,
  kKVCACHE_UPDATE = 54,
  kMOE = 55,  ///< IMoELayer
  kDIST_COLLECTIVE = 56,
};
namespace impl {
template <>
struct EnumMaxImpl<LayerType> {
  static constexpr int32_t kVALUE = 57;
};
}  // namespace impl

/// One operation of a network. Owned by the network. Attributes that are set to something
/// impossible are reported when the network is verified, at the latest by the build.
class ILayer : public INoCopy {
 public:
  /// Tells which class to cast to with static_cast.
  virtual LayerType getType() const noexcept = 0;

  /// A name for messages, profiles and the inspector. Copied; need not be unique.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

  virtual int32_t getNbInputs() const noexcept = 0;

  /// Input `index`; null when out of range, or when an optional input is not given.
  virtual ITensor* getInput(int32_t index) const noexcept = 0;

  virtual int32_t getNbOutputs() const noexcept = 0;

  /// Output `index`; null when out of range.
  virtual ITensor* getOutput(int32_t index) const noexcept = 0;

  /// Replaces input `index`, or gives an optional one. Which index means what, each class tells.
  virtual void setInput(int32_t index, ITensor& tensor) noexcept = 0;

  /// A wish for the type the layer computes in; weakly typed networks only.
  TRT_DEPRECATED virtual void setPrecision(DataType dataType) noexcept = 0;
  virtual DataType getPrecision() const noexcept = 0;
  TRT_DEPRECATED virtual bool precisionIsSet() const noexcept = 0;
  TRT_DEPRECATED virtual void resetPrecision() noexcept = 0;

  /// A wish for the type of an output; weakly typed networks only.
  TRT_DEPRECATED virtual void setOutputType(int32_t index, DataType dataType) noexcept = 0;

  /// The type of output `index`; kFLOAT when out of range.
  virtual DataType getOutputType(int32_t index) const noexcept = 0;
  TRT_DEPRECATED virtual bool outputTypeIsSet(int32_t index) const noexcept = 0;
  TRT_DEPRECATED virtual void resetOutputType(int32_t index) noexcept = 0;

  /// Text shown by the engine inspector with whatever the layer becomes. Copied.
  virtual void setMetadata(char const* metadata) noexcept = 0;
  virtual char const* getMetadata() const noexcept = 0;

  /// Number of ranks that work on the layer together, at least 1. False otherwise.
  virtual bool setNbRanks(int32_t nbRanks) noexcept = 0;
  virtual int32_t getNbRanks() const noexcept = 0;

 protected:
  virtual ~ILayer() noexcept = default;
};

}  // namespace nvinfer1
