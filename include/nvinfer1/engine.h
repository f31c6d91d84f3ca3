// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A loaded engine.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/hardware.h"
#include "nvinfer1/optimization_profile.h"
#include "nvinfer1/runtime_config.h"
#include "nvinfer1/tensor_format.h"
#include "nvinfer1/weights.h"

namespace nvinfer1 {

class IEngineInspector;
class IExecutionContext;

/// Figures about an engine, in bytes.
enum class EngineStat : int32_t {
  kTOTAL_WEIGHTS_SIZE = 0,
  kSTRIPPED_WEIGHTS_SIZE = 1,
};
namespace impl {
template <>
struct EnumMaxImpl<EngineStat> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// What was built, ready to run: weights, steps, ranges of shapes. Freed with delete, after its
/// contexts. Thread-safe but for its setters. Questions about a tensor that is no input or output
/// are reported and answered with the neutral value named below.
class ICudaEngine : public INoCopy {
 public:
  virtual ~ICudaEngine() noexcept = default;

  /// Extents of an input or output, -1 where they are dynamic; nbDims -1 for an unknown name.
  virtual Dims getTensorShape(char const* tensorName) const noexcept = 0;

  /// kFLOAT for an unknown name.
  virtual DataType getTensorDataType(char const* tensorName) const noexcept = 0;

  /// Number of layers after optimization.
  virtual int32_t getNbLayers() const noexcept = 0;

  /// The engine file as it was built or loaded, owned by the caller; null on failure.
  virtual IHostMemory* serialize() const noexcept = 0;

  /// A context with memory by `strategy`, owned by the caller; null on failure. A context runs on
  /// one thread at a time; several contexts run at once.
  virtual IExecutionContext* createExecutionContext(
      ExecutionContextAllocationStrategy strategy =
          ExecutionContextAllocationStrategy::kSTATIC) noexcept = 0;

  /// kHOST for shape inputs and for shape outputs, otherwise kDEVICE.
  virtual TensorLocation getTensorLocation(char const* tensorName) const noexcept = 0;

  /// Whether the tensor's values are needed, or known, while shapes are computed; such a tensor
  /// lies in host memory and its address is read before the enqueue.
  virtual bool isShapeInferenceIO(char const* tensorName) const noexcept = 0;

  /// kNONE for an unknown name.
  virtual TensorIOMode getTensorIOMode(char const* tensorName) const noexcept = 0;

  /// The input whose memory the output `tensorName` must share; null for none.
  virtual char const* getAliasedInputTensor(char const* tensorName) const noexcept = 0;

  TRT_DEPRECATED virtual IExecutionContext*
  createExecutionContextWithoutDeviceMemory() noexcept = 0;

  /// As above, by a configuration of createRuntimeConfig.
  virtual IExecutionContext* createExecutionContext(IRuntimeConfig* runtimeConfig) noexcept = 0;
  virtual IRuntimeConfig* createRuntimeConfig() noexcept = 0;

  TRT_DEPRECATED virtual size_t getDeviceMemorySize() const noexcept = 0;
  TRT_DEPRECATED virtual size_t getDeviceMemorySizeForProfile(
      int32_t profileIndex) const noexcept = 0;

  /// Bytes a context needs for activations, over all profiles and for one.
  virtual int64_t getDeviceMemorySizeV2() const noexcept = 0;
  virtual int64_t getDeviceMemorySizeForProfileV2(int32_t profileIndex) const noexcept = 0;

  /// Whether createInferRefitter accepts the engine.
  virtual bool isRefittable() const noexcept = 0;

  /// Bytes of one component (a scalar inside a vector) of a vectorized tensor; -1 when it is not
  /// vectorized. The forms with a profile tell about that profile, the others about profile 0.
  virtual int32_t getTensorBytesPerComponent(char const* tensorName) const noexcept = 0;
  virtual int32_t getTensorBytesPerComponent(char const* tensorName,
                                             int32_t profileIndex) const noexcept = 0;

  /// Components a vector holds; -1 when the tensor is not vectorized.
  virtual int32_t getTensorComponentsPerElement(char const* tensorName) const noexcept = 0;
  virtual int32_t getTensorComponentsPerElement(char const* tensorName,
                                                int32_t profileIndex) const noexcept = 0;

  /// Layout in which the tensor is given and taken.
  virtual TensorFormat getTensorFormat(char const* tensorName) const noexcept = 0;
  virtual TensorFormat getTensorFormat(char const* tensorName,
                                       int32_t profileIndex) const noexcept = 0;

  /// The layout in words: order of dimensions, vector length, element type; empty for an unknown
  /// name. Owned by the engine.
  virtual char const* getTensorFormatDesc(char const* tensorName) const noexcept = 0;
  virtual char const* getTensorFormatDesc(char const* tensorName,
                                          int32_t profileIndex) const noexcept = 0;

  /// The dimension that is split into vectors; -1 for none.
  virtual int32_t getTensorVectorizedDim(char const* tensorName) const noexcept = 0;
  virtual int32_t getTensorVectorizedDim(char const* tensorName,
                                         int32_t profileIndex) const noexcept = 0;

  /// The network's name.
  virtual char const* getName() const noexcept = 0;

  /// Number of profiles, at least one.
  virtual int32_t getNbOptimizationProfiles() const noexcept = 0;

  /// A bound of the extents of an input; nbDims -1 for an unknown name or profile.
  virtual Dims getProfileShape(char const* tensorName, int32_t profileIndex,
                               OptProfileSelector select) const noexcept = 0;

  /// A bound of the values of a shape input; null for other tensors. Owned by the engine.
  TRT_DEPRECATED virtual int32_t const* getProfileTensorValues(
      char const* tensorName, int32_t profileIndex, OptProfileSelector select) const noexcept = 0;

  virtual EngineCapability getEngineCapability() const noexcept = 0;

  /// Where errors of this engine, and of contexts made from now on, go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// Always false: batches are a dimension like others.
  TRT_DEPRECATED virtual bool hasImplicitBatchDimension() const noexcept = 0;

  virtual TacticSources getTacticSources() const noexcept = 0;
  virtual ProfilingVerbosity getProfilingVerbosity() const noexcept = 0;

  /// An inspector of this engine, owned by the caller.
  virtual IEngineInspector* createEngineInspector() const noexcept = 0;

  /// Number of inputs and outputs.
  virtual int32_t getNbIOTensors() const noexcept = 0;

  /// Name of input or output `index`, inputs first; null out of range. Owned by the engine.
  virtual char const* getIOTensorName(int32_t index) const noexcept = 0;

  virtual HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept = 0;

  /// Streams an enqueue uses beside the caller's.
  virtual int32_t getNbAuxStreams() const noexcept = 0;

  /// Settings for serializeWithConfig, owned by the caller.
  virtual ISerializationConfig* createSerializationConfig() noexcept = 0;

  /// The engine file by these settings, owned by the caller; null on failure.
  virtual IHostMemory* serializeWithConfig(ISerializationConfig& config) const noexcept = 0;

  TRT_DEPRECATED virtual bool setWeightStreamingBudget(int64_t gpuMemoryBudget) noexcept = 0;
  TRT_DEPRECATED virtual int64_t getWeightStreamingBudget() const noexcept = 0;
  TRT_DEPRECATED virtual int64_t getMinimumWeightStreamingBudget() const noexcept = 0;

  /// Bytes of weights that can stay in host memory and be brought in while running.
  virtual int64_t getStreamableWeightsSize() const noexcept = 0;

  /// Device memory for streamable weights, from 0 to getStreamableWeightsSize(). Only while there
  /// is no context. False, and no change, otherwise.
  virtual bool setWeightStreamingBudgetV2(int64_t gpuMemoryBudget) noexcept = 0;
  virtual int64_t getWeightStreamingBudgetV2() const noexcept = 0;

  /// A budget that leaves the device room for contexts.
  virtual int64_t getWeightStreamingAutomaticBudget() const noexcept = 0;

  /// Device memory a context needs on top when weights are streamed.
  virtual int64_t getWeightStreamingScratchMemorySize() const noexcept = 0;

  /// Whether the tensor was marked for debugging.
  virtual bool isDebugTensor(char const* name) const noexcept = 0;

  virtual int64_t const* getProfileTensorValuesV2(char const* tensorName, int32_t profileIndex,
                                                  OptProfileSelector select) const noexcept = 0;

  /// -1 for a figure that is not known.
  virtual int64_t getEngineStat(EngineStat stat) const noexcept = 0;
};

}  // namespace nvinfer1
