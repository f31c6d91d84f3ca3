// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// New weights for a built engine.
#pragma once

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/engine.h"
#include "nvinfer1/logger.h"

namespace nvinfer1 {

/// Replaces weights of an engine that was built with BuilderFlag::kREFIT or its like. Freed with
/// delete, before the engine. No context of the engine may run during a refit. Setters answer
/// false, with the reason reported, for an unknown name, a wrong count or a wrong type.
class IRefitter : public INoCopy {
 public:
  virtual ~IRefitter() noexcept = default;

  /// New values for the weights a layer uses in `role`; they must stay alive until the refit.
  virtual bool setWeights(char const* layerName, WeightsRole role, Weights weights) noexcept = 0;

  /// Puts all weights set into the engine, and waits. False when some are missing or it fails.
  virtual bool refitCudaEngine() noexcept = 0;

  /// Weights that follow from others already set, and must be set too. Returns their number and
  /// writes the first `size` of them. Names are owned by the engine.
  virtual int32_t getMissing(int32_t size, char const** layerNames,
                             WeightsRole* roles) noexcept = 0;

  /// The same for all weights that can be set.
  virtual int32_t getAll(int32_t size, char const** layerNames, WeightsRole* roles) noexcept = 0;

  /// Ranges of tensors of calibrated engines.
  TRT_DEPRECATED virtual bool setDynamicRange(char const* tensorName, float min,
                                              float max) noexcept = 0;
  TRT_DEPRECATED virtual float getDynamicRangeMin(char const* tensorName) const noexcept = 0;
  TRT_DEPRECATED virtual float getDynamicRangeMax(char const* tensorName) const noexcept = 0;
  TRT_DEPRECATED virtual int32_t getTensorsWithDynamicRange(
      int32_t size, char const** tensorNames) const noexcept = 0;

  /// Where errors go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// New values for weights that have a name of their own.
  virtual bool setNamedWeights(char const* name, Weights weights) noexcept = 0;

  /// As getMissing and getAll, for named weights.
  virtual int32_t getMissingWeights(int32_t size, char const** weightsNames) noexcept = 0;
  virtual int32_t getAllWeights(int32_t size, char const** weightsNames) noexcept = 0;

  virtual ILogger* getLogger() const noexcept = 0;

  /// The most threads a refit may use, the caller's included. False when below one.
  virtual bool setMaxThreads(int32_t maxThreads) noexcept = 0;
  virtual int32_t getMaxThreads() const noexcept = 0;

  /// As above, with the values in host or device memory.
  virtual bool setNamedWeights(char const* name, Weights weights,
                               TensorLocation location) noexcept = 0;

  /// The values set and not yet put in, or null values.
  virtual Weights getNamedWeights(char const* weightsName) const noexcept = 0;
  virtual TensorLocation getWeightsLocation(char const* weightsName) const noexcept = 0;

  /// Takes values back that were set and not yet put in.
  virtual bool unsetNamedWeights(char const* weightsName) noexcept = 0;

  /// Whether values are checked while set; on by default.
  virtual void setWeightsValidation(bool weightsValidation) noexcept = 0;
  virtual bool getWeightsValidation() const noexcept = 0;

  /// As refitCudaEngine, in the order of `stream` and without waiting.
  virtual bool refitCudaEngineAsync(cudaStream_t stream) noexcept = 0;

  /// Type and count expected for a name, with null values; count 0 for an unknown name.
  virtual Weights getWeightsPrototype(char const* weightsName) const noexcept = 0;
};

}  // namespace nvinfer1

extern "C" TENSORRTAPI void* createInferRefitter_INTERNAL(void* engine, void* logger,
                                                          int32_t version) noexcept;

namespace nvinfer1 {
namespace {

/// A new refitter, owned by the caller; null when the engine cannot be refitted. `logger` must
/// outlive it.
inline IRefitter* createInferRefitter(ICudaEngine& engine, ILogger& logger) noexcept {
  return static_cast<IRefitter*>(
      createInferRefitter_INTERNAL(&engine, &logger, NV_TENSORRT_VERSION));
}

}  // namespace
}  // namespace nvinfer1
