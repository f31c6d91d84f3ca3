// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parsing models into networks.
#include "api/onnx/parser.h"

#include <fmt/core.h>

#include <filesystem>

#include "api/backends.h"
#include "api/safe/registry.h"
#include "base/file.h"
#include "importers/onnx/count_nodes.h"
#include "plugin/resolve/resolver.h"

namespace tenon::api {

namespace {

using nvonnxparser::ErrorCode;
using nvonnxparser::OnnxParserFlag;

uint32_t bit(OnnxParserFlag flag) { return 1U << static_cast<unsigned>(flag); }

/// Which form of quick plugins the network prefers.
plugin::Resolver::Wish quick_wish(const Network& network) {
  using Flag = nvinfer1::NetworkDefinitionCreationFlag;
  const bool called = network.getFlag(Flag::kPREFER_JIT_PYTHON_PLUGINS);
  const bool compiled = network.getFlag(Flag::kPREFER_AOT_PYTHON_PLUGINS);
  if (called == compiled) return plugin::Resolver::Wish::kUNKNOWN;
  return called ? plugin::Resolver::Wish::kPREFER_JIT : plugin::Resolver::Wish::kPREFER_AOT;
}

}  // namespace

std::string folder_of(char const* path) {
  if (path == nullptr || *path == '\0') return {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

onnx::Options import_options(ops::OpResolver& resolver, nvonnxparser::OnnxParserFlags flags) {
  onnx::Options options;
  options.resolver = &resolver;
  options.evaluator = &evaluator();
  options.plugin_override = (flags & bit(OnnxParserFlag::kENABLE_PLUGIN_OVERRIDE)) != 0;
  options.native_instance_norm = (flags & bit(OnnxParserFlag::kNATIVE_INSTANCENORM)) != 0;
  return options;
}

void LoadedModel::load(void const* model, size_t size, char const* path) {
  const auto* begin = static_cast<const std::byte*>(model);
  bytes = std::make_shared<Bytes>(begin, begin + size);
  folder = folder_of(path);
  initializers.clear();
}

bool LoadedModel::add(char const* name, void const* data, size_t size) {
  if (bytes == nullptr || name == nullptr || (data == nullptr && size > 0)) return false;
  initializers[name] = {static_cast<const std::byte*>(data), size};
  return true;
}

ErrorCode ParserError::code() const {
  switch (fault_.code) {
    case Code::Ok:
      return ErrorCode::kSUCCESS;
    case Code::InvalidModel:
      return fault_.node_index < 0 ? ErrorCode::kMODEL_DESERIALIZE_FAILED
                                   : ErrorCode::kINVALID_NODE;
    case Code::NotFound:
    case Code::Unsupported:
      return ErrorCode::kUNSUPPORTED_NODE;
    case Code::InvalidArgument:
      return ErrorCode::kINVALID_VALUE;
    case Code::OutOfMemory:
      return ErrorCode::kMEM_ALLOC_FAILED;
    default:
      return ErrorCode::kINTERNAL_ERROR;
  }
}

bool Parser::import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
                    std::string folder) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    if (!network_.graph().inputs().empty() || !network_.graph().nodes().empty()) {
      errors_.emplace_back(
          onnx::Fault{Code::InvalidArgument,
                      "the network is not empty: a parser fills a new network, once",
                      {},
                      {},
                      -1});
      voice_.refuse(Code::InvalidArgument, errors_.back().desc());
      return false;
    }
    auto& registry =
        static_cast<plugin::PluginRegistry&>(network_.getBuilder().getPluginRegistry());
    plugin::Resolver resolver(registry, onnx::operator_names(), safe_registry(),
                              quick_wish(network_));
    onnx::Options options = import_options(resolver, flags_);
    options.folder = std::move(folder);
    options.initializers = loaded_.initializers;
    std::vector<onnx::Fault> faults;
    const Status status =
        onnx::import(model, std::move(owner), options, network_.graph(), diag, &faults);
    for (onnx::Fault& fault : faults) errors_.emplace_back(std::move(fault));
    if (!status.ok() && faults.empty()) {
      errors_.emplace_back(onnx::Fault{status.code, status.what, {}, {}, -1});
    }
    return status.ok();
  });
}

bool Parser::parse(void const* serialized_onnx_model, size_t serialized_onnx_model_size,
                   char const* model_path) noexcept {
  if (serialized_onnx_model == nullptr) {
    voice_.refuse(Code::InvalidArgument, "parse was given no bytes");
    return false;
  }
  // A null owner: weights are copied, since the caller may free the bytes.
  return import({static_cast<const std::byte*>(serialized_onnx_model), serialized_onnx_model_size},
                nullptr, folder_of(model_path));
}

bool Parser::parseFromFile(char const* onnxModelFile, int) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    auto file = MappedFile::open(onnxModelFile == nullptr ? "" : onnxModelFile, diag);
    if (!file.ok()) {
      errors_.emplace_back(onnx::Fault{Code::InvalidModel,
                                       fmt::format("the model file '{}' cannot be read",
                                                   onnxModelFile == nullptr ? "" : onnxModelFile),
                                       {},
                                       {},
                                       -1});
      return false;
    }
    auto owner = std::make_shared<MappedFile>(std::move(*file));
    const auto bytes = owner->bytes();
    return import(bytes, std::move(owner), folder_of(onnxModelFile));
  });
}

bool Parser::parseWithWeightDescriptors(void const* serialized_onnx_model,
                                        size_t serialized_onnx_model_size) noexcept {
  return parse(serialized_onnx_model, serialized_onnx_model_size, nullptr);
}

bool Parser::supportsOperator(char const* op_name) const noexcept {
  return op_name != nullptr && onnx::supports_operator(op_name);
}

nvonnxparser::IParserError const* Parser::getError(int index) const noexcept {
  if (index < 0 || index >= getNbErrors()) return nullptr;
  return &errors_[static_cast<size_t>(index)];
}

char const* const* Parser::getUsedVCPluginLibraries(int64_t& nbPluginLibs) const noexcept {
  nbPluginLibs = 0;
  return nullptr;
}

void Parser::setFlags(nvonnxparser::OnnxParserFlags onnxParserFlags) noexcept {
  flags_ = onnxParserFlags;
}
void Parser::clearFlag(OnnxParserFlag onnxParserFlag) noexcept { flags_ &= ~bit(onnxParserFlag); }
void Parser::setFlag(OnnxParserFlag onnxParserFlag) noexcept { flags_ |= bit(onnxParserFlag); }
bool Parser::getFlag(OnnxParserFlag onnxParserFlag) const noexcept {
  return (flags_ & bit(onnxParserFlag)) != 0;
}

nvinfer1::ITensor const* Parser::getLayerOutputTensor(char const* name, int64_t i) noexcept {
  const ir::Node* node = name == nullptr ? nullptr : network_.graph().find_node(name);
  if (node == nullptr || i < 0 || static_cast<size_t>(i) >= node->outputs().size()) return nullptr;
  return network_.tensor_of(node->output(static_cast<size_t>(i)));
}

bool Parser::find_supported(std::span<const std::byte> model, std::string folder) {
  parts_.clear();
  Diagnostics diag = voice_.diagnostics();
  const auto count = onnx::count_nodes(model, diag);
  if (!count.ok()) return false;
  auto& registry = static_cast<plugin::PluginRegistry&>(network_.getBuilder().getPluginRegistry());
  plugin::Resolver resolver(registry, onnx::operator_names(), safe_registry(),
                            quick_wish(network_));
  onnx::Options options = import_options(resolver, flags_);
  options.folder = std::move(folder);
  ir::Graph scratch;
  std::vector<onnx::Fault> faults;
  // What cannot be read is an answer here, not an error of the caller's.
  CollectingSink unheard;
  Diagnostics quiet(unheard);
  const Status status = onnx::import(model, nullptr, options, scratch, quiet, &faults);
  std::vector<bool> refused(*count, false);
  bool placed = true;
  for (onnx::Fault& fault : faults) {
    const bool known = fault.node_index >= 0 && static_cast<size_t>(fault.node_index) < *count;
    if (known) refused[static_cast<size_t>(fault.node_index)] = true;
    placed &= known;
    errors_.emplace_back(std::move(fault));
  }
  // Programs look ever further into a part that is not supported: such nodes stand in none.
  bool joins = false;
  for (size_t node = 0; node < *count; ++node) {
    const bool supported = !refused[node] && (status.ok() || placed);
    if (supported && !joins) parts_.emplace_back();
    if (supported) parts_.back().push_back(static_cast<int64_t>(node));
    joins = supported;
  }
  return status.ok();
}

bool Parser::supportsModelV2(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                             char const* modelPath) noexcept {
  if (serializedOnnxModel == nullptr) return false;
  return guarded(voice_, false, [&] {
    return find_supported(
        {static_cast<const std::byte*>(serializedOnnxModel), serializedOnnxModelSize},
        folder_of(modelPath));
  });
}
bool Parser::supportsModel(void const* serialized_onnx_model, size_t serialized_onnx_model_size,
                           SubGraphCollection_t& sub_graph_collection,
                           char const* model_path) noexcept {
  return guarded(voice_, false, [&] {
    const bool all = supportsModelV2(serialized_onnx_model, serialized_onnx_model_size, model_path);
    sub_graph_collection.clear();
    for (const std::vector<int64_t>& part : parts_) {
      sub_graph_collection.emplace_back(std::vector<size_t>(part.begin(), part.end()), true);
    }
    return all;
  });
}
int64_t Parser::getNbSubgraphs() noexcept { return static_cast<int64_t>(parts_.size()); }
bool Parser::isSubgraphSupported(int64_t index) noexcept {
  return index >= 0 && index < getNbSubgraphs();
}
int64_t* Parser::getSubgraphNodes(int64_t index, int64_t& subgraphLength) noexcept {
  subgraphLength = 0;
  if (index < 0 || index >= getNbSubgraphs()) return nullptr;
  std::vector<int64_t>& nodes = parts_[static_cast<size_t>(index)];
  subgraphLength = static_cast<int64_t>(nodes.size());
  return nodes.data();
}

bool Parser::loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                            char const* modelPath) noexcept {
  if (serializedOnnxModel == nullptr) return false;
  return guarded(voice_, false, [&] {
    loaded_.load(serializedOnnxModel, serializedOnnxModelSize, modelPath);
    return true;
  });
}
bool Parser::loadInitializer(char const* name, void const* data, size_t size) noexcept {
  return guarded(voice_, false, [&] {
    if (loaded_.add(name, data, size)) return true;
    voice_.refuse(Code::InvalidArgument,
                  "loadInitializer needs a name and its numbers, after loadModelProto");
    return false;
  });
}
bool Parser::parseModelProto() noexcept {
  if (loaded_.bytes == nullptr) {
    voice_.refuse(Code::InvalidArgument, "parseModelProto: call loadModelProto first");
    return false;
  }
  return import(*loaded_.bytes, loaded_.bytes, loaded_.folder);
}
bool Parser::setBuilderConfig(nvinfer1::IBuilderConfig const* builderConfig) noexcept {
  return builderConfig != nullptr;
}

}  // namespace tenon::api
