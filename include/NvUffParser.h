// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Filling networks from UFF models.
#pragma once

#include <stddef.h>

#include "NvInfer.h"

#define UFF_REQUIRED_VERSION_MAJOR 0
#define UFF_REQUIRED_VERSION_MINOR 6
#define UFF_REQUIRED_VERSION_PATCH 5

namespace nvuffparser {

/// How the extents of a registered input lie.
enum class UffInputOrder : int32_t {
  kNCHW = 0,  ///< channels, then spatial extents
  kNHWC = 1,  ///< spatial extents, then channels
  kNC = 2
};

/// What the data of a FieldMap are.
enum class FieldType : int32_t {
  kFLOAT = 0,
  kINT32 = 1,
  kCHAR = 2,
  kDIMS = 4,
  kDATATYPE = 5,
  kUNKNOWN = 6
};

/// A named field of a node, as factories of plugins before creators saw it. Points at data of
/// others.
class FieldMap {
 public:
  char const* name;
  void const* data;
  FieldType type = FieldType::kUNKNOWN;
  int32_t length = 1;  ///< elements in `data`

  FieldMap(char const* n, void const* values, FieldType const kind, int32_t count = 1)
      : name(n), data(values), type(kind), length(count) {}
};

struct FieldCollection {
  int32_t nbFields;
  FieldMap const* fields;
};

/// Fills one network from a UFF file. Register inputs and outputs first. A method that returns
/// false has said why to the logger of the process and to the error recorder. One thread at a time.
class IUffParser {
 public:
  virtual ~IUffParser() noexcept = default;

  /// An Input node of the file and the extents it is to have. Without the batch, which is then 1;
  /// or with it, where the file's Input has as many axes: -1 is an extent that a profile gives.
  virtual bool registerInput(char const* inputName, nvinfer1::Dims inputDims,
                             UffInputOrder inputOrder) noexcept = 0;

  /// A node that is to be an output. None: the outputs that the file marks.
  virtual bool registerOutput(char const* outputName) noexcept = 0;

  /// Reads a file, whose weights are used in place. weightsType: kFLOAT; weights keep the types
  /// that the file gives them, and the builder's flags say in what precision they are used.
  virtual bool parse(char const* file, nvinfer1::INetworkDefinition& network,
                     nvinfer1::DataType weightsType = nvinfer1::DataType::kFLOAT) noexcept = 0;

  /// As parse(), from bytes that are copied.
  virtual bool parseBuffer(
      char const* buffer, size_t size, nvinfer1::INetworkDefinition& network,
      nvinfer1::DataType weightsType = nvinfer1::DataType::kFLOAT) noexcept = 0;

  /// Deletes the parser; `delete` does the same. Networks it filled stay.
  virtual void destroy() noexcept = 0;

  /// The version of the converter whose files are read.
  virtual int32_t getUffRequiredVersionMajor() noexcept = 0;
  virtual int32_t getUffRequiredVersionMinor() noexcept = 0;
  virtual int32_t getUffRequiredVersionPatch() noexcept = 0;

  /// Where plugins of nodes with custom operations are looked up; "" at first.
  virtual void setPluginNamespace(char const* libNamespace) noexcept = 0;

  /// Counts the reference. Null for none.
  virtual void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept = 0;
  virtual nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept = 0;
};

}  // namespace nvuffparser

extern "C" TENSORRTAPI void* createNvUffParser_INTERNAL() noexcept;

namespace nvuffparser {

namespace {

/// A new parser, the caller's to destroy; null when memory ran out.
inline IUffParser* createUffParser() noexcept {
  return static_cast<IUffParser*>(createNvUffParser_INTERNAL());
}

/// Once all parsers are gone. There is nothing to shut down here.
inline void shutdownProtobufLibrary() noexcept {}

}  // namespace

}  // namespace nvuffparser
