// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building engines, and calibrators.
#pragma once

#include "engine.h"
#include "network.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  enum class CalibrationAlgoType : int {
    kLEGACY_CALIBRATION = 0,
    kENTROPY_CALIBRATION = 1,
    kENTROPY_CALIBRATION_2 = 2,
    kMINMAX_CALIBRATION = 3
  };

  /// Shows a calibrating builder typical inputs.
  class IInt8Calibrator {
   public:
    virtual int getBatchSize() const = 0;
    /// Device addresses of the next batch, one a name. False when there is none.
    virtual bool getBatch(void* bindings[], const char* names[], int nbBindings) = 0;
    virtual const void* readCalibrationCache(std::size_t& length) = 0;
    virtual void writeCalibrationCache(const void* ptr, std::size_t length) = 0;
    virtual CalibrationAlgoType getAlgorithm() = 0;
    virtual ~IInt8Calibrator() {}
  };

  class IInt8EntropyCalibrator : public IInt8Calibrator {
   public:
    CalibrationAlgoType getAlgorithm() override {
      return CalibrationAlgoType::kENTROPY_CALIBRATION;
    }
  };

  class IInt8EntropyCalibrator2 : public IInt8Calibrator {
   public:
    CalibrationAlgoType getAlgorithm() override {
      return CalibrationAlgoType::kENTROPY_CALIBRATION_2;
    }
  };

  class IInt8MinMaxCalibrator : public IInt8Calibrator {
   public:
    CalibrationAlgoType getAlgorithm() override { return CalibrationAlgoType::kMINMAX_CALIBRATION; }
  };

  class IInt8LegacyCalibrator : public IInt8Calibrator {
   public:
    CalibrationAlgoType getAlgorithm() override { return CalibrationAlgoType::kLEGACY_CALIBRATION; }
    virtual double getQuantile() const = 0;
    virtual double getRegressionCutoff() const = 0;
    virtual const void* readHistogramCache(std::size_t& length) = 0;
    virtual void writeHistogramCache(const void* ptr, std::size_t length) = 0;
  };

  using BuilderFlags = uint32_t;
  enum class BuilderFlag : int {
    kFP16 = 0,
    kINT8 = 1,
    kDEBUG = 2,
    kGPU_FALLBACK = 3,
    kSTRICT_TYPES = 4,
    kREFIT = 5
  };
  template <>
  constexpr int EnumMax<BuilderFlag>() {
    return 6;
  }

  using NetworkDefinitionCreationFlags = uint32_t;
  enum class NetworkDefinitionCreationFlag : int { kEXPLICIT_BATCH = 0, kEXPLICIT_PRECISION = 1 };

  /// How an engine is built.
  class IBuilderConfig {
   public:
    virtual void setAvgTimingIterations(int avgTiming) = 0;
    virtual int getAvgTimingIterations() const = 0;
    virtual void setInt8Calibrator(IInt8Calibrator* calibrator) = 0;
    virtual IInt8Calibrator* getInt8Calibrator() const = 0;
    virtual void setMaxWorkspaceSize(std::size_t workspaceSize) = 0;
    virtual std::size_t getMaxWorkspaceSize() const = 0;
    virtual void setFlags(BuilderFlags builderFlags) = 0;
    virtual BuilderFlags getFlags() const = 0;
    virtual void clearFlag(BuilderFlag builderFlag) = 0;
    virtual void setFlag(BuilderFlag builderFlag) = 0;
    virtual bool getFlag(BuilderFlag builderFlag) const = 0;
    virtual void setDLACore(int dlaCore) = 0;
    virtual int getDLACore() const = 0;
    virtual void setDefaultDeviceType(DeviceType deviceType) = 0;
    virtual DeviceType getDefaultDeviceType() const = 0;
    virtual void destroy() = 0;

   protected:
    virtual ~IBuilderConfig() {}
  };

  /// Makes networks and builds engines of them. Everything it makes is the caller's to destroy.
  class IBuilder {
   public:
    /// A network with an implicit batch.
    virtual INetworkDefinition* createNetwork() = 0;
    /// One whose extents count the batch, where bit kEXPLICIT_BATCH is set.
    virtual INetworkDefinition* createNetworkV2(NetworkDefinitionCreationFlags flags) = 0;
    /// The most tensors one execute() may take; 1 at first.
    virtual void setMaxBatchSize(int batchSize) = 0;
    virtual int getMaxBatchSize() const = 0;
    virtual IBuilderConfig* createBuilderConfig() = 0;
    /// Null, with a message, when it cannot be built.
    virtual ICudaEngine* buildEngineWithConfig(INetworkDefinition& network,
                                               IBuilderConfig& config) = 0;
    /// With what the builder itself was told.
    virtual ICudaEngine* buildCudaEngine(INetworkDefinition& network) = 0;
    virtual void setMaxWorkspaceSize(std::size_t workspaceSize) = 0;
    virtual std::size_t getMaxWorkspaceSize() const = 0;
    virtual void setFp16Mode(bool mode) = 0;
    virtual bool getFp16Mode() const = 0;
    virtual void setInt8Mode(bool mode) = 0;
    virtual bool getInt8Mode() const = 0;
    virtual void setInt8Calibrator(IInt8Calibrator* calibrator) = 0;
    virtual bool platformHasFastFp16() const = 0;
    virtual bool platformHasFastInt8() const = 0;
    virtual int getNbDLACores() const = 0;
    virtual int getMaxDLABatchSize() const = 0;
    virtual void destroy() = 0;

   protected:
    virtual ~IBuilder() {}
  };

  /// A new builder, the caller's to destroy. The logger outlives it and what it makes.
  TENON_COMPAT7_API IBuilder* createInferBuilder(ILogger & logger);

}  // namespace compat7
}  // namespace nvinfer1
