// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IUffParser over importers/uff.
#pragma once

#include <memory>

#include "NvUffParser.h"
#include "api/voice.h"
#include "importers/uff/import.h"
#include "plugin/registry/registry.h"

namespace tenon::api {

/// Speaks with the logger of the process, since the interface hands it none.
class UffParser final : public nvuffparser::IUffParser {
 public:
  UffParser() : voice_(plugin::process_logger()) {}

  bool registerInput(char const* inputName, nvinfer1::Dims inputDims,
                     nvuffparser::UffInputOrder inputOrder) noexcept override;
  bool registerOutput(char const* outputName) noexcept override;
  bool parse(char const* file, nvinfer1::INetworkDefinition& network,
             nvinfer1::DataType weightsType) noexcept override;
  bool parseBuffer(char const* buffer, size_t size, nvinfer1::INetworkDefinition& network,
                   nvinfer1::DataType weightsType) noexcept override;
  void destroy() noexcept override { delete this; }
  int32_t getUffRequiredVersionMajor() noexcept override { return UFF_REQUIRED_VERSION_MAJOR; }
  int32_t getUffRequiredVersionMinor() noexcept override { return UFF_REQUIRED_VERSION_MINOR; }
  int32_t getUffRequiredVersionPatch() noexcept override { return UFF_REQUIRED_VERSION_PATCH; }
  void setPluginNamespace(char const* libNamespace) noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override { return voice_.recorder(); }

 private:
  bool import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              nvinfer1::INetworkDefinition& network, nvinfer1::DataType weights_type);

  Voice voice_;
  uff::Options options_;
};

}  // namespace tenon::api
