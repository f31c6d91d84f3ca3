// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IParser over importers/onnx.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "NvOnnxParser.h"
#include "api/infer/network/network.h"
#include "api/voice.h"
#include "base/bytes.h"
#include "importers/onnx/import.h"

namespace tenon::api {

/// One fault of a model, as the parser tells it.
class ParserError final : public nvonnxparser::IParserError {
 public:
  explicit ParserError(onnx::Fault fault) : fault_(std::move(fault)) {}
  nvonnxparser::ErrorCode code() const override;
  char const* desc() const override { return fault_.text.c_str(); }
  char const* file() const override { return "importers/onnx"; }
  int line() const override { return 0; }
  char const* func() const override { return "import"; }
  int node() const override { return fault_.node_index; }
  char const* nodeName() const override { return fault_.node_name.c_str(); }
  char const* nodeOperator() const override { return fault_.op_type.c_str(); }
  char const* const* localFunctionStack() const override { return nullptr; }
  int32_t localFunctionStackSize() const override { return 0; }

 private:
  onnx::Fault fault_;
};

/// A model that was handed over before it is read.
struct LoadedModel {
  std::shared_ptr<Bytes> bytes;  ///< a copy; null: none was loaded
  std::string folder;            ///< for external data
  /// By loadInitializer, in place of the file's own numbers; not owned.
  std::map<std::string, std::span<const std::byte>, std::less<>> initializers;

  /// False where no model was loaded, or the arguments mean no initializer.
  bool add(char const* name, void const* data, size_t size);
  void load(void const* model, size_t size, char const* path);
};

/// Folder of a model's path for its external data; empty for no path.
std::string folder_of(char const* path);

/// What the parser's flags and the registry mean to the importer.
onnx::Options import_options(ops::OpResolver& resolver, nvonnxparser::OnnxParserFlags flags);

/// Fills one network, once. One thread at a time.
class Parser final : public nvonnxparser::IParser {
 public:
  Parser(Network& network, nvinfer1::ILogger& logger) : network_(network), voice_(&logger) {}

  bool parse(void const* serialized_onnx_model, size_t serialized_onnx_model_size,
             char const* model_path) noexcept override;
  bool parseFromFile(char const* onnxModelFile, int verbosity) noexcept override;
  bool supportsModel(void const* serialized_onnx_model, size_t serialized_onnx_model_size,
                     SubGraphCollection_t& sub_graph_collection,
                     char const* model_path) noexcept override;
  bool parseWithWeightDescriptors(void const* serialized_onnx_model,
                                  size_t serialized_onnx_model_size) noexcept override;
  bool supportsOperator(char const* op_name) const noexcept override;
  int getNbErrors() const noexcept override { return static_cast<int>(errors_.size()); }
  nvonnxparser::IParserError const* getError(int index) const noexcept override;
  void clearErrors() noexcept override { errors_.clear(); }
  char const* const* getUsedVCPluginLibraries(int64_t& nbPluginLibs) const noexcept override;
  void setFlags(nvonnxparser::OnnxParserFlags onnxParserFlags) noexcept override;
  nvonnxparser::OnnxParserFlags getFlags() const noexcept override { return flags_; }
  void clearFlag(nvonnxparser::OnnxParserFlag onnxParserFlag) noexcept override;
  void setFlag(nvonnxparser::OnnxParserFlag onnxParserFlag) noexcept override;
  bool getFlag(nvonnxparser::OnnxParserFlag onnxParserFlag) const noexcept override;
  nvinfer1::ITensor const* getLayerOutputTensor(char const* name, int64_t i) noexcept override;
  bool supportsModelV2(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                       char const* modelPath) noexcept override;
  int64_t getNbSubgraphs() noexcept override;
  bool isSubgraphSupported(int64_t index) noexcept override;
  int64_t* getSubgraphNodes(int64_t index, int64_t& subgraphLength) noexcept override;
  bool loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                      char const* modelPath) noexcept override;
  bool loadInitializer(char const* name, void const* data, size_t size) noexcept override;
  bool parseModelProto() noexcept override;
  bool setBuilderConfig(nvinfer1::IBuilderConfig const* builderConfig) noexcept override;

 private:
  bool import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              std::string folder) noexcept;
  bool find_supported(std::span<const std::byte> model, std::string folder);

  Network& network_;
  mutable Voice voice_;
  std::vector<ParserError> errors_;
  nvonnxparser::OnnxParserFlags flags_ = 1;  ///< kNATIVE_INSTANCENORM
  LoadedModel loaded_;
  /// supportsModelV2's findings: numbers of nodes that follow each other and can be read.
  std::vector<std::vector<int64_t>> parts_;
};

}  // namespace tenon::api
