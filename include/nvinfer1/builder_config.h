// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a network is built.
#pragma once

#include "nvinfer1/algorithm_selector.h"
#include "nvinfer1/builder_flags.h"
#include "nvinfer1/calibrator.h"
#include "nvinfer1/context.h"
#include "nvinfer1/hardware.h"
#include "nvinfer1/layer.h"
#include "nvinfer1/observers.h"
#include "nvinfer1/timing_cache.h"

namespace nvinfer1 {

/// Settings for builds. Made by IBuilder::createBuilderConfig, freed with delete. Used by one
/// thread at a time. Values out of range are reported and not taken.
class IBuilderConfig : public INoCopy {
 public:
  virtual ~IBuilderConfig() noexcept = default;

  /// Runs over which a measurement is taken; 1 by default.
  virtual void setAvgTimingIterations(int32_t avgTiming) noexcept = 0;
  virtual int32_t getAvgTimingIterations() const noexcept = 0;

  /// kSTANDARD by default.
  virtual void setEngineCapability(EngineCapability capability) noexcept = 0;
  virtual EngineCapability getEngineCapability() const noexcept = 0;

  /// Finds ranges for kINT8 in weakly typed networks; not owned.
  TRT_DEPRECATED virtual void setInt8Calibrator(IInt8Calibrator* calibrator) noexcept = 0;
  TRT_DEPRECATED virtual IInt8Calibrator* getInt8Calibrator() const noexcept = 0;

  /// Replaces all flags.
  virtual void setFlags(BuilderFlags builderFlags) noexcept = 0;
  virtual BuilderFlags getFlags() const noexcept = 0;
  virtual void clearFlag(BuilderFlag builderFlag) noexcept = 0;
  virtual void setFlag(BuilderFlag builderFlag) noexcept = 0;
  virtual bool getFlag(BuilderFlag builderFlag) const noexcept = 0;

  /// The device of one layer; the default device unless set.
  virtual void setDeviceType(ILayer const* layer, DeviceType deviceType) noexcept = 0;
  virtual DeviceType getDeviceType(ILayer const* layer) const noexcept = 0;

  virtual bool isDeviceTypeSet(ILayer const* layer) const noexcept = 0;
  virtual void resetDeviceType(ILayer const* layer) noexcept = 0;

  /// Always false here.
  virtual bool canRunOnDLA(ILayer const* layer) const noexcept = 0;

  /// Kept for programs that set it; there are no such devices.
  virtual void setDLACore(int32_t dlaCore) noexcept = 0;
  virtual int32_t getDLACore() const noexcept = 0;

  /// kGPU by default: the device Tenon runs on.
  virtual void setDefaultDeviceType(DeviceType deviceType) noexcept = 0;
  virtual DeviceType getDefaultDeviceType() const noexcept = 0;

  /// Back to the state after creation.
  virtual void reset() noexcept = 0;

  /// The stream measurements run on; null by default. Not owned.
  virtual void setProfileStream(const cudaStream_t stream) noexcept = 0;
  virtual cudaStream_t getProfileStream() const noexcept = 0;

  /// Adds a range of shapes and returns its index; -1 when it is not valid. Not owned.
  virtual int32_t addOptimizationProfile(IOptimizationProfile const* profile) noexcept = 0;

  virtual int32_t getNbOptimizationProfiles() const noexcept = 0;

  /// How much the engine will tell about its layers; kLAYER_NAMES_ONLY by default.
  virtual void setProfilingVerbosity(ProfilingVerbosity verbosity) noexcept = 0;
  virtual ProfilingVerbosity getProfilingVerbosity() const noexcept = 0;

  /// Chooses among timed kernels; not owned.
  TRT_DEPRECATED virtual void setAlgorithmSelector(IAlgorithmSelector* selector) noexcept = 0;
  TRT_DEPRECATED virtual IAlgorithmSelector* getAlgorithmSelector() const noexcept = 0;

  /// Shapes for calibration; the first profile unless set.
  TRT_DEPRECATED virtual bool setCalibrationProfile(
      IOptimizationProfile const* profile) noexcept = 0;
  TRT_DEPRECATED virtual IOptimizationProfile const* getCalibrationProfile() noexcept = 0;

  /// Replaces all quantization flags.
  TRT_DEPRECATED virtual void setQuantizationFlags(QuantizationFlags flags) noexcept = 0;
  TRT_DEPRECATED virtual QuantizationFlags getQuantizationFlags() const noexcept = 0;
  TRT_DEPRECATED virtual void clearQuantizationFlag(QuantizationFlag flag) noexcept = 0;
  TRT_DEPRECATED virtual void setQuantizationFlag(QuantizationFlag flag) noexcept = 0;
  TRT_DEPRECATED virtual bool getQuantizationFlag(QuantizationFlag flag) const noexcept = 0;

  /// Families of kernels that may be used. False for a family that does not exist.
  virtual bool setTacticSources(TacticSources tacticSources) noexcept = 0;
  virtual TacticSources getTacticSources() const noexcept = 0;

  /// A cache from bytes of ITimingCache::serialize, or an empty one from null; owned by the caller.
  /// Null, with the reason reported, when the bytes are not sound.
  virtual ITimingCache* createTimingCache(void const* blob, std::size_t size) const noexcept = 0;

  /// Builds use the cache and add to it; one build at a time may. False when it comes from another
  /// machine or version, unless that is to be ignored.
  virtual bool setTimingCache(ITimingCache const& cache, bool ignoreMismatch) noexcept = 0;

  /// The cache in use, with what builds added; null for none. Owned by this object.
  virtual ITimingCache const* getTimingCache() const noexcept = 0;

  /// The most bytes of a kind of memory.
  virtual void setMemoryPoolLimit(MemoryPoolType pool, std::size_t poolSize) noexcept = 0;
  virtual std::size_t getMemoryPoolLimit(MemoryPoolType pool) const noexcept = 0;

  /// Off unless set.
  virtual void setPreviewFeature(PreviewFeature feature, bool enable) noexcept = 0;
  virtual bool getPreviewFeature(PreviewFeature feature) const noexcept = 0;

  /// How much time the search may take, 0 to 5; 3 by default.
  virtual void setBuilderOptimizationLevel(int32_t level) noexcept = 0;
  virtual int32_t getBuilderOptimizationLevel() noexcept = 0;

  /// kNONE by default.
  virtual void setHardwareCompatibilityLevel(
      HardwareCompatibilityLevel hardwareCompatibilityLevel) noexcept = 0;
  virtual HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept = 0;

  /// Plugin libraries to put into a version compatible engine; the paths are copied.
  virtual void setPluginsToSerialize(char const* const* paths, int32_t nbPaths) noexcept = 0;

  /// Null out of range.
  virtual char const* getPluginToSerialize(int32_t index) const noexcept = 0;

  virtual int32_t getNbPluginsToSerialize() const noexcept = 0;

  /// Streams the engine may use beside the caller's; a choice of the builder unless set. False when
  /// negative.
  virtual bool setMaxAuxStreams(int32_t nbStreams) noexcept = 0;
  virtual int32_t getMaxAuxStreams() const noexcept = 0;

  /// Follows builds, and may end them; null for none. Not owned.
  virtual void setProgressMonitor(IProgressMonitor* monitor) noexcept = 0;
  virtual IProgressMonitor* getProgressMonitor() const noexcept = 0;

  /// Where the engine will run; kSAME_AS_BUILD by default.
  virtual void setRuntimePlatform(RuntimePlatform runtimePlatform) noexcept = 0;
  virtual RuntimePlatform getRuntimePlatform() const noexcept = 0;

  /// The most kernels timed for a layer; -1, the default, leaves it to the builder.
  virtual void setMaxNbTactics(int32_t maxNbTactics) noexcept = 0;
  virtual int32_t getMaxNbTactics() const noexcept = 0;

  /// kNONE by default. False for no enumerator.
  virtual bool setTilingOptimizationLevel(TilingOptimizationLevel level) noexcept = 0;
  virtual TilingOptimizationLevel getTilingOptimizationLevel() const noexcept = 0;

  /// Bytes of cache tilings may use; -1, the default, leaves it to the builder.
  virtual bool setL2LimitForTiling(int64_t size) noexcept = 0;
  virtual int64_t getL2LimitForTiling() const noexcept = 0;

  /// Measures on another machine: `protocol://user[:password]@host[:port]?name=value&...`. Copied.
  /// False when it cannot be understood.
  virtual bool setRemoteAutoTuningConfig(char const* config) noexcept = 0;
  virtual char const* getRemoteAutoTuningConfig() const noexcept = 0;

  /// Takes decisions of the builder: `-knob=value`, separated by spaces, of getAllBuildRoutes; an
  /// empty text or null gives all back. False for an unknown knob or value.
  virtual bool setBuildRoute(char const* buildRoute) noexcept = 0;
  virtual char const* getBuildRoute() const noexcept = 0;

  /// The knobs there are, as JSON: `tuner_options` is a list of objects with `option`,
  /// `allowed_values` as `-knob=[a|b]`, `default_value` and `help`. Owned by this object, valid
  /// until the next call.
  virtual char const* getAllBuildRoutes() const noexcept = 0;
};

}  // namespace nvinfer1
