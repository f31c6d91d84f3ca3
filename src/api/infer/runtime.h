// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IRuntime: loads engines.
#pragma once

#include <memory>
#include <string>

#include "NvInfer.h"
#include "api/infer/engine.h"
#include "api/voice.h"
#include "plugin/registry/registry.h"

namespace tenon::api {

class Runtime final : public nvinfer1::IRuntime {
 public:
  explicit Runtime(nvinfer1::ILogger& logger);

  void setDLACore(int32_t dlaCore) noexcept override { dla_core_ = dlaCore; }
  int32_t getDLACore() const noexcept override { return dla_core_; }
  int32_t getNbDLACores() const noexcept override { return 0; }
  void setGpuAllocator(nvinfer1::IGpuAllocator* allocator) noexcept override {
    allocator_ = allocator;
  }
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  nvinfer1::ICudaEngine* deserializeCudaEngine(void const* blob,
                                               std::size_t size) noexcept override;
  nvinfer1::ICudaEngine* deserializeCudaEngine(nvinfer1::IStreamReader& streamReader) override;
  nvinfer1::ICudaEngine* deserializeCudaEngine(nvinfer1::IStreamReaderV2& streamReader) override;
  nvinfer1::ILogger* getLogger() const noexcept override { return voice_.logger(); }
  bool setMaxThreads(int32_t maxThreads) noexcept override;
  int32_t getMaxThreads() const noexcept override { return max_threads_; }
  void setTemporaryDirectory(char const* path) noexcept override;
  char const* getTemporaryDirectory() const noexcept override { return folder_.c_str(); }
  void setTempfileControlFlags(nvinfer1::TempfileControlFlags flags) noexcept override;
  nvinfer1::TempfileControlFlags getTempfileControlFlags() const noexcept override;
  nvinfer1::IPluginRegistry& getPluginRegistry() noexcept override { return *registry_; }
  nvinfer1::IRuntime* loadRuntime(char const* path) noexcept override;
  void setEngineHostCodeAllowed(bool allowed) noexcept override { host_code_ = allowed; }
  bool getEngineHostCodeAllowed() const noexcept override { return host_code_; }

  /// tenon::load_safe_engine.
  nvinfer1::ICudaEngine* load_safe(void const* blob, std::size_t size) noexcept;
  /// tenon::load_engine_file.
  nvinfer1::ICudaEngine* load_file(char const* path) noexcept;

 private:
  [[nodiscard]] Surroundings surroundings() const;

  mutable Voice voice_;
  std::shared_ptr<plugin::PluginRegistry> registry_;
  nvinfer1::IGpuAllocator* allocator_ = nullptr;
  int32_t dla_core_ = -1, max_threads_ = 1;
  std::string folder_;
  nvinfer1::TempfileControlFlags tempfiles_ = 3;
  bool host_code_ = false;
};

}  // namespace tenon::api
