// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IBuilder: makes configurations and networks, and builds engines of them.
#pragma once

#include <memory>
#include <vector>

#include "NvInfer.h"
#include "api/infer/builder_config.h"
#include "api/infer/calibration.h"
#include "api/infer/network/network.h"
#include "api/infer/profile.h"
#include "api/voice.h"
#include "base/bytes.h"
#include "builder/builder.h"
#include "plugin/registry/registry.h"

namespace tenon::api {

/// Thread rule: as the interface says, one build at a time an object.
class Builder final : public nvinfer1::IBuilder {
 public:
  explicit Builder(nvinfer1::ILogger& logger);

  [[nodiscard]] const std::shared_ptr<plugin::PluginRegistry>& registry() const noexcept {
    return registry_;
  }

  bool platformHasFastFp16() const noexcept override;
  bool platformHasFastInt8() const noexcept override;
  int32_t getMaxDLABatchSize() const noexcept override { return 0; }
  int32_t getNbDLACores() const noexcept override { return 0; }
  void setGpuAllocator(nvinfer1::IGpuAllocator* allocator) noexcept override {
    allocator_ = allocator;
  }
  nvinfer1::IBuilderConfig* createBuilderConfig() noexcept override;
  nvinfer1::INetworkDefinition* createNetworkV2(
      nvinfer1::NetworkDefinitionCreationFlags flags) noexcept override;
  nvinfer1::IOptimizationProfile* createOptimizationProfile() noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  void reset() noexcept override;
  bool platformHasTf32() const noexcept override { return false; }
  nvinfer1::IHostMemory* buildSerializedNetwork(nvinfer1::INetworkDefinition& network,
                                                nvinfer1::IBuilderConfig& config) noexcept override;
  bool buildSerializedNetworkToStream(nvinfer1::INetworkDefinition& network,
                                      nvinfer1::IBuilderConfig& config,
                                      nvinfer1::IStreamWriter& writer) noexcept override;
  nvinfer1::IHostMemory* buildSerializedNetwork(
      nvinfer1::INetworkDefinition& network, nvinfer1::IBuilderConfig& config,
      nvinfer1::IHostMemory*& kernelText) noexcept override;
  nvinfer1::ICudaEngine* buildEngineWithConfig(nvinfer1::INetworkDefinition& network,
                                               nvinfer1::IBuilderConfig& config) noexcept override;
  bool isNetworkSupported(nvinfer1::INetworkDefinition const& network,
                          nvinfer1::IBuilderConfig const& config) const noexcept override;
  nvinfer1::ILogger* getLogger() const noexcept override { return voice_.logger(); }
  bool setMaxThreads(int32_t maxThreads) noexcept override;
  int32_t getMaxThreads() const noexcept override;
  nvinfer1::IPluginRegistry& getPluginRegistry() noexcept override { return *registry_; }

 private:
  /// How calibration builds, without measuring. All outlive what it gives.
  BuildWatched watched(const builder::BuildConfig& config, tune::Timer& timer, Diagnostics& diag);
  Result<Bytes> build(nvinfer1::INetworkDefinition& network, nvinfer1::IBuilderConfig& config);

  mutable Voice voice_;
  std::shared_ptr<plugin::PluginRegistry> registry_;
  nvinfer1::IGpuAllocator* allocator_ = nullptr;
  std::vector<std::unique_ptr<Profile>> profiles_;
  int32_t max_threads_ = 0;  ///< 0: as many as the machine that is built for has cores
};

}  // namespace tenon::api
