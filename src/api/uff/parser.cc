// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parsing UFF models into networks.
#include "api/uff/parser.h"

#include "api/infer/network/network.h"
#include "base/file.h"
#include "plugin/convert.h"
#include "plugin/resolve/resolver.h"

namespace tenon::api {

bool UffParser::registerInput(char const* inputName, nvinfer1::Dims inputDims,
                              nvuffparser::UffInputOrder inputOrder) noexcept {
  return guarded(voice_, false, [&] {
    const auto order = static_cast<int32_t>(inputOrder);
    const auto dims = plugin::to_dims(inputDims);
    if (inputName == nullptr || !dims || dims->empty() || order < 0 || order > 2) {
      voice_.refuse(Code::InvalidArgument,
                    "registerInput takes the name of an Input node, 1 to 8 extents and an order "
                    "of UffInputOrder");
      return false;
    }
    options_.inputs.push_back({inputName, *dims, static_cast<uff::InputOrder>(order)});
    return true;
  });
}

bool UffParser::registerOutput(char const* outputName) noexcept {
  return guarded(voice_, false, [&] {
    if (outputName == nullptr) {
      voice_.refuse(Code::InvalidArgument, "registerOutput takes the id of a node");
      return false;
    }
    options_.outputs.emplace_back(outputName);
    return true;
  });
}

bool UffParser::import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
                       nvinfer1::INetworkDefinition& network, nvinfer1::DataType weights_type) {
  auto& mine = static_cast<Network&>(network);
  if (weights_type != nvinfer1::DataType::kFLOAT && weights_type != nvinfer1::DataType::kHALF) {
    voice_.refuse(Code::InvalidArgument, "weightsType must be kFLOAT or kHALF");
    return false;
  }
  if (!mine.graph().inputs().empty() || !mine.graph().nodes().empty()) {
    voice_.refuse(Code::InvalidArgument,
                  "the network is not empty: a parser fills a new network, once");
    return false;
  }
  auto& registry = static_cast<plugin::PluginRegistry&>(mine.getBuilder().getPluginRegistry());
  plugin::Resolver resolver(registry, uff::operator_names());
  options_.resolver = &resolver;
  Diagnostics diag = voice_.diagnostics();
  const Status status = uff::import(model, std::move(owner), options_, mine.graph(), diag);
  options_.resolver = nullptr;
  return status.ok();
}

bool UffParser::parse(char const* file, nvinfer1::INetworkDefinition& network,
                      nvinfer1::DataType weightsType) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    auto mapped = MappedFile::open(file == nullptr ? "" : file, diag);
    if (!mapped.ok()) return false;
    auto owner = std::make_shared<MappedFile>(std::move(*mapped));
    const auto bytes = owner->bytes();
    return import(bytes, std::move(owner), network, weightsType);
  });
}

bool UffParser::parseBuffer(char const* buffer, size_t size, nvinfer1::INetworkDefinition& network,
                            nvinfer1::DataType weightsType) noexcept {
  return guarded(voice_, false, [&] {
    if (buffer == nullptr) {
      voice_.refuse(Code::InvalidArgument, "parseBuffer was given no bytes");
      return false;
    }
    // A null owner: weights are copied, since the caller may free the bytes.
    return import(std::as_bytes(std::span(buffer, size)), nullptr, network, weightsType);
  });
}

void UffParser::setPluginNamespace(char const* libNamespace) noexcept {
  guarded(voice_, 0, [&] {
    options_.name_space = libNamespace == nullptr ? "" : libNamespace;
    return 0;
  });
}

void UffParser::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}

}  // namespace tenon::api
