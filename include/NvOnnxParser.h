// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Filling networks and refitting engines from ONNX models.
#pragma once

#include <stddef.h>

#include <string>
#include <utility>
#include <vector>

#include "NvInfer.h"

#define NV_ONNX_PARSER_MAJOR 0
#define NV_ONNX_PARSER_MINOR 1
#define NV_ONNX_PARSER_PATCH 0

static constexpr int32_t NV_ONNX_PARSER_VERSION =
    ((NV_ONNX_PARSER_MAJOR * 10000) + (NV_ONNX_PARSER_MINOR * 100) + NV_ONNX_PARSER_PATCH);

/// Indices of nodes, and whether all of them are supported.
typedef std::pair<std::vector<size_t>, bool> SubGraph_t;
typedef std::vector<SubGraph_t> SubGraphCollection_t;

namespace nvonnxparser {

/// One more than the largest flag; the largest error code.
template <typename T>
constexpr int32_t EnumMax() noexcept = delete;

/// What is wrong with a model.
enum class ErrorCode : int {
  kSUCCESS = 0,
  kINTERNAL_ERROR = 1,
  kMEM_ALLOC_FAILED = 2,
  kMODEL_DESERIALIZE_FAILED = 3,  ///< the bytes are no model
  kINVALID_VALUE = 4,
  kINVALID_GRAPH = 5,
  kINVALID_NODE = 6,
  kUNSUPPORTED_GRAPH = 7,
  kUNSUPPORTED_NODE = 8,  ///< no operator, function or plugin of this name
  kUNSUPPORTED_NODE_ATTR = 9,
  kUNSUPPORTED_NODE_INPUT = 10,
  kUNSUPPORTED_NODE_DATATYPE = 11,
  kUNSUPPORTED_NODE_DYNAMIC = 12,
  kUNSUPPORTED_NODE_SHAPE = 13,
  kREFIT_FAILED = 14
};

template <>
constexpr int32_t EnumMax<ErrorCode>() noexcept {
  return 14;
}

/// Bit i set: OnnxParserFlag i is set.
using OnnxParserFlags = uint32_t;

/// How models are read. Off unless stated otherwise.
enum class OnnxParserFlag : int32_t {
  kNATIVE_INSTANCENORM = 0,  ///< on: InstanceNormalization is no plugin
  kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA = 1,
  kREPORT_CAPABILITY_DLA = 2,
  kENABLE_PLUGIN_OVERRIDE = 3,  ///< a plugin of an operator's name goes before the operator
  kADJUST_FOR_DLA = 4
};

template <>
constexpr int32_t EnumMax<OnnxParserFlag>() noexcept {
  return 5;
}

/// One thing wrong with a model. Owned by the parser, valid until clearErrors. Texts are never
/// null.
class IParserError {
 public:
  virtual ErrorCode code() const = 0;
  virtual char const* desc() const = 0;

  /// Where in the parser it was found.
  virtual char const* file() const = 0;
  virtual int line() const = 0;
  virtual char const* func() const = 0;

  /// Index of the node in the model; -1 when it is about no node.
  virtual int node() const = 0;
  virtual char const* nodeName() const = 0;
  virtual char const* nodeOperator() const = 0;

  /// Names of the functions the node lies in, outermost first.
  virtual char const* const* localFunctionStack() const = 0;
  virtual int32_t localFunctionStackSize() const = 0;

 protected:
  virtual ~IParserError() {}
};

/// Reads one model into an empty network. Made by createParser, freed with delete; network and
/// logger must outlive it, and so must the parser the network's last build, for it owns weights.
/// Used by one thread. Where a path is asked for, it tells where external data lies; it must stay
/// in that folder.
class IParser {
 public:
  /// Reads a model from memory. False, with errors to be asked for, when it cannot.
  virtual bool parse(void const* serialized_onnx_model, size_t serialized_onnx_model_size,
                     char const* model_path = nullptr) noexcept = 0;

  /// Reads a model from a file. `verbosity` is the number of the least ILogger::Severity reported.
  virtual bool parseFromFile(char const* onnxModelFile, int verbosity) noexcept = 0;

  /// As supportsModelV2, with the parts of the model that are supported: nodes by number, and true.
  TRT_DEPRECATED virtual bool supportsModel(void const* serialized_onnx_model,
                                            size_t serialized_onnx_model_size,
                                            SubGraphCollection_t& sub_graph_collection,
                                            char const* model_path = nullptr) noexcept = 0;

  /// As parse; weights may be given as addresses in place of values.
  TRT_DEPRECATED virtual bool parseWithWeightDescriptors(
      void const* serialized_onnx_model, size_t serialized_onnx_model_size) noexcept = 0;

  /// Whether there is an operator of this name. Plugins and functions do not count.
  virtual bool supportsOperator(char const* op_name) const noexcept = 0;

  virtual int getNbErrors() const noexcept = 0;

  /// Null out of range.
  virtual IParserError const* getError(int index) const noexcept = 0;
  virtual void clearErrors() noexcept = 0;

  virtual ~IParser() noexcept = default;

  /// Plugin libraries that a version compatible engine of this model needs; owned by the parser. On
  /// an error the number is -1.
  virtual char const* const* getUsedVCPluginLibraries(int64_t& nbPluginLibs) const noexcept = 0;

  /// Replaces all flags.
  virtual void setFlags(OnnxParserFlags onnxParserFlags) noexcept = 0;
  virtual OnnxParserFlags getFlags() const noexcept = 0;
  virtual void clearFlag(OnnxParserFlag onnxParserFlag) noexcept = 0;
  virtual void setFlag(OnnxParserFlag onnxParserFlag) noexcept = 0;
  virtual bool getFlag(OnnxParserFlag onnxParserFlag) const noexcept = 0;

  /// Output `i` of the node called `name`; null when there is none.
  virtual nvinfer1::ITensor const* getLayerOutputTensor(char const* name, int64_t i) noexcept = 0;

  /// Reads a model and finds which parts of it are supported; true when all are.
  virtual bool supportsModelV2(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                               char const* modelPath = nullptr) noexcept = 0;

  /// The parts supportsModelV2 found.
  virtual int64_t getNbSubgraphs() noexcept = 0;
  virtual bool isSubgraphSupported(int64_t const index) noexcept = 0;

  /// Indices of a part's nodes, owned by the parser; null out of range.
  virtual int64_t* getSubgraphNodes(int64_t const index, int64_t& subgraphLength) noexcept = 0;

  /// Reading in three steps: the model, its initializers one by one, the network. The model's bytes
  /// and those of initializers must stay alive until the last build.
  virtual bool loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                              char const* modelPath = nullptr) noexcept = 0;
  virtual bool loadInitializer(char const* name, void const* data, size_t size) noexcept = 0;
  virtual bool parseModelProto() noexcept = 0;

  /// The configuration the network will be built with, for flags that ask about it. Not owned.
  virtual bool setBuilderConfig(nvinfer1::IBuilderConfig const* const builderConfig) noexcept = 0;
};

/// Gives an engine the weights of a model. Made by createParserRefitter, freed with delete, before
/// the refitter, which must refit before it is freed.
class IParserRefitter {
 public:
  /// Hands the initializers of a model to the refitter, whose refitCudaEngine then puts them in;
  /// this object must stay alive until then. False, with errors to be asked for, when it cannot.
  virtual bool refitFromBytes(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                              char const* modelPath = nullptr) noexcept = 0;
  virtual bool refitFromFile(char const* onnxModelFile) noexcept = 0;

  virtual int32_t getNbErrors() const noexcept = 0;

  /// Null out of range.
  virtual IParserError const* getError(int32_t index) const noexcept = 0;
  virtual void clearErrors() = 0;

  virtual ~IParserRefitter() noexcept = default;

  /// Refitting in three steps: the model, its initializers one by one, the engine.
  virtual bool loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                              char const* modelPath = nullptr) noexcept = 0;
  virtual bool loadInitializer(char const* name, void const* data, size_t size) noexcept = 0;
  virtual bool refitModelProto() noexcept = 0;
};

}  // namespace nvonnxparser

extern "C" TENSORRTAPI void* createNvOnnxParser_INTERNAL(void* network, void* logger,
                                                         int version) noexcept;
extern "C" TENSORRTAPI void* createNvOnnxParserRefitter_INTERNAL(void* refitter, void* logger,
                                                                 int32_t version) noexcept;

/// Version of the parser that is linked, as NV_ONNX_PARSER_VERSION writes it.
extern "C" TENSORRTAPI int getNvOnnxParserVersion() noexcept;

namespace nvonnxparser {
namespace {

/// A new parser, owned by the caller; null on failure.
inline IParser* createParser(nvinfer1::INetworkDefinition& network,
                             nvinfer1::ILogger& logger) noexcept {
  return static_cast<IParser*>(
      createNvOnnxParser_INTERNAL(&network, &logger, NV_ONNX_PARSER_VERSION));
}

/// A new parser refitter, owned by the caller; null on failure.
inline IParserRefitter* createParserRefitter(nvinfer1::IRefitter& refitter,
                                             nvinfer1::ILogger& logger) noexcept {
  return static_cast<IParserRefitter*>(
      createNvOnnxParserRefitter_INTERNAL(&refitter, &logger, NV_ONNX_PARSER_VERSION));
}

}  // namespace
}  // namespace nvonnxparser
