// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines and contexts of the 7.x interface over those of the present interface.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/compat7/translate.h"

namespace tenon::compat7 {

/// What the 7.x interface knows of an engine and its file does not: stands before it in what
/// serialize() gives.
struct EngineHeader {
  char magic[8] = {'T', 'E', 'N', 'O', 'N', '7', '\r', '\n'};
  int32_t max_batch = 1;
  int32_t implicit_batch = 1;
};

class Engine final : public v7::ICudaEngine {
 public:
  /// Loads the bytes of a plan of the present interface; null, with a message, when they are none.
  static Engine* load(const void* plan, size_t size, const EngineHeader& header,
                      v7::ILogger& logger);

  int getNbBindings() const noexcept override { return now_->getNbIOTensors(); }
  int getBindingIndex(const char* name) const noexcept override;
  const char* getBindingName(int bindingIndex) const noexcept override;
  bool bindingIsInput(int bindingIndex) const noexcept override;
  v7::Dims getBindingDimensions(int bindingIndex) const noexcept override;
  v7::DataType getBindingDataType(int bindingIndex) const noexcept override;
  int getMaxBatchSize() const noexcept override { return header_.max_batch; }
  int getNbLayers() const noexcept override { return now_->getNbLayers(); }
  v7::IHostMemory* serialize() const noexcept override;
  v7::IExecutionContext* createExecutionContext() noexcept override;
  void destroy() noexcept override { delete this; }
  v7::TensorLocation getLocation(int bindingIndex) const noexcept override;
  size_t getDeviceMemorySize() const noexcept override;
  bool isRefittable() const noexcept override { return now_->isRefittable(); }
  v7::TensorFormat getBindingFormat(int bindingIndex) const noexcept override;
  const char* getName() const noexcept override { return now_->getName(); }
  bool hasImplicitBatchDimension() const noexcept override { return header_.implicit_batch != 0; }

  [[nodiscard]] v7::ILogger& logger() const noexcept { return logger_; }
  /// Bytes of one tensor of a binding.
  [[nodiscard]] size_t bytes_of(int bindingIndex) const noexcept;

 private:
  Engine(std::unique_ptr<nvinfer1::IRuntime> runtime, std::unique_ptr<nvinfer1::ICudaEngine> now,
         const EngineHeader& header, v7::ILogger& logger)
      : runtime_(std::move(runtime)), now_(std::move(now)), header_(header), logger_(logger) {}
  ~Engine() override = default;
  [[nodiscard]] const char* name_of(int bindingIndex) const noexcept;

  std::unique_ptr<nvinfer1::IRuntime> runtime_;
  std::unique_ptr<nvinfer1::ICudaEngine> now_;
  EngineHeader header_;
  v7::ILogger& logger_;
};

}  // namespace tenon::compat7
