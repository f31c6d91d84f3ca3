// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IRefitter: other weights for a loaded engine.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "NvInfer.h"
#include "api/infer/engine.h"
#include "api/voice.h"

namespace tenon::api {

/// Collects weights and puts them in together, by building the engine again without measuring
/// (builder/refit.h). One thread at a time; no context of the engine runs meanwhile.
class Refitter final : public nvinfer1::IRefitter {
 public:
  /// Null, reported, when the engine cannot be refitted.
  static std::unique_ptr<Refitter> create(Engine& engine, nvinfer1::ILogger& logger);

  [[nodiscard]] const builder::RefitRecord& record() const noexcept { return *shared_->refit; }
  [[nodiscard]] plugin::PluginRegistry& registry() const noexcept { return *shared_->registry; }

  bool setWeights(char const* layerName, nvinfer1::WeightsRole role,
                  nvinfer1::Weights weights) noexcept override;
  bool refitCudaEngine() noexcept override;
  int32_t getMissing(int32_t size, char const** layerNames,
                     nvinfer1::WeightsRole* roles) noexcept override;
  int32_t getAll(int32_t size, char const** layerNames,
                 nvinfer1::WeightsRole* roles) noexcept override;
  bool setDynamicRange(char const* tensorName, float min, float max) noexcept override;
  float getDynamicRangeMin(char const* tensorName) const noexcept override;
  float getDynamicRangeMax(char const* tensorName) const noexcept override;
  int32_t getTensorsWithDynamicRange(int32_t, char const**) const noexcept override { return 0; }
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override {
    voice_.set_recorder(recorder);
  }
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override { return voice_.recorder(); }
  bool setNamedWeights(char const* name, nvinfer1::Weights weights) noexcept override;
  int32_t getMissingWeights(int32_t size, char const** weightsNames) noexcept override;
  int32_t getAllWeights(int32_t size, char const** weightsNames) noexcept override;
  nvinfer1::ILogger* getLogger() const noexcept override { return voice_.logger(); }
  bool setMaxThreads(int32_t maxThreads) noexcept override;
  int32_t getMaxThreads() const noexcept override { return max_threads_; }
  bool setNamedWeights(char const* name, nvinfer1::Weights weights,
                       nvinfer1::TensorLocation location) noexcept override;
  nvinfer1::Weights getNamedWeights(char const* weightsName) const noexcept override;
  nvinfer1::TensorLocation getWeightsLocation(char const* weightsName) const noexcept override;
  bool unsetNamedWeights(char const* weightsName) noexcept override;
  void setWeightsValidation(bool weightsValidation) noexcept override {
    validates_ = weightsValidation;
  }
  bool getWeightsValidation() const noexcept override { return validates_; }
  bool refitCudaEngineAsync(cudaStream_t stream) noexcept override;
  nvinfer1::Weights getWeightsPrototype(char const* weightsName) const noexcept override;

 private:
  /// Values of the user, which stay alive until the refit.
  struct Given {
    nvinfer1::Weights weights;
    nvinfer1::TensorLocation location = nvinfer1::TensorLocation::kHOST;
  };
  using Name = builder::RefitRecord::Name;

  Refitter(std::shared_ptr<SharedEngine> shared, nvinfer1::ILogger& logger)
      : shared_(std::move(shared)), voice_(&logger) {}
  /// The first entry that `matches`; null when there is none.
  template <class Matches>
  [[nodiscard]] const Name* find(Matches&& matches) const;
  [[nodiscard]] const Name* find_named(char const* name) const;
  bool give(const Name& name, const Given& given);
  [[nodiscard]] bool is_missing(uint32_t constant) const;
  Status refit(Diagnostics& diag);
  Result<Bytes> build_with(const builder::RefitRecord& record, Diagnostics& diag) const;

  std::shared_ptr<SharedEngine> shared_;
  mutable Voice voice_;
  std::map<uint32_t, Given> given_;  ///< by constant
  bool validates_ = true;
  int32_t max_threads_ = 1;
};

}  // namespace tenon::api
