// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Filling networks of the 7.x set from UFF models.
#pragma once

#include "NvInfer.h"

#ifndef TENON_COMPAT7_APART
#define UFF_REQUIRED_VERSION_MAJOR 0
#define UFF_REQUIRED_VERSION_MINOR 6
#define UFF_REQUIRED_VERSION_PATCH 5
#endif

namespace nvuffparser {
TENON_COMPAT7_INLINE namespace compat7 {
  namespace trt = nvinfer1::compat7;

  /// How the extents of a registered input lie.
  enum class UffInputOrder : int { kNCHW = 0, kNHWC = 1, kNC = 2 };

  enum class FieldType : int {
    kFLOAT = 0,
    kINT32 = 1,
    kCHAR = 2,
    kDIMS = 4,
    kDATATYPE = 5,
    kUNKNOWN = 6
  };

  /// A named field of a node. Points at data of others.
  class FieldMap {
   public:
    const char* name;
    const void* data;
    FieldType type = FieldType::kUNKNOWN;
    int length = 1;

    FieldMap(const char* n, const void* values, const FieldType kind, int count = 1)
        : name(n), data(values), type(kind), length(count) {}
  };

  struct FieldCollection {
    int nbFields;
    const FieldMap* fields;
  };

  /// Fills one network from a UFF file. Register inputs and outputs first. False: the logger of the
  /// process and the error recorder were told why.
  class IUffParser {
   public:
    /// An Input node of the file and its extents, without the batch.
    virtual bool registerInput(const char* inputName, trt::Dims inputDims,
                               UffInputOrder inputOrder) = 0;
    /// A node that is to be an output. None: the outputs that the file marks.
    virtual bool registerOutput(const char* outputName) = 0;
    virtual bool parse(const char* file, trt::INetworkDefinition& network,
                       trt::DataType weightsType = trt::DataType::kFLOAT) = 0;
    virtual bool parseBuffer(const char* buffer, size_t size, trt::INetworkDefinition& network,
                             trt::DataType weightsType = trt::DataType::kFLOAT) = 0;
    virtual void destroy() = 0;
    virtual int getUffRequiredVersionMajor() = 0;
    virtual int getUffRequiredVersionMinor() = 0;
    virtual int getUffRequiredVersionPatch() = 0;
    virtual void setPluginNamespace(const char* libNamespace) = 0;

   protected:
    virtual ~IUffParser() {}
  };

  /// A new parser, the caller's to destroy.
  TENON_COMPAT7_API IUffParser* createUffParser();

  /// Once all parsers are gone. There is nothing to shut down here.
  inline void shutdownProtobufLibrary() {}

}  // namespace compat7
}  // namespace nvuffparser
