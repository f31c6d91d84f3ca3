// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What users decide about a build.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "api/infer/build_route.h"
#include "api/infer/profile.h"
#include "api/infer/timing_cache.h"
#include "api/voice.h"
#include "remote/secret.h"

namespace tenon::api {

/// Keeps settings; Builder reads them when it builds, and refuses what it cannot do.
class BuilderConfig final : public nvinfer1::IBuilderConfig {
 public:
  explicit BuilderConfig(const Voice& voice) : voice_(voice) { reset(); }

  /// Everything that reset() returns to its first value.
  struct Settings {
    int32_t avg_timing = 1, level = 3, max_aux_streams = -1, max_tactics = -1;
    nvinfer1::EngineCapability capability = nvinfer1::EngineCapability::kSTANDARD;
    nvinfer1::BuilderFlags flags = 1U << static_cast<unsigned>(nvinfer1::BuilderFlag::kTF32);
    nvinfer1::DeviceType default_device = nvinfer1::DeviceType::kGPU;
    std::map<const nvinfer1::ILayer*, nvinfer1::DeviceType> devices;
    cudaStream_t profile_stream = nullptr;
    std::vector<const Profile*> profiles;
    nvinfer1::ProfilingVerbosity verbosity = nvinfer1::ProfilingVerbosity::kLAYER_NAMES_ONLY;
    /// kEDGE_MASK_CONVOLUTIONS and kJIT_CONVOLUTIONS, as programs expect; they choose nothing here.
    nvinfer1::TacticSources tactic_sources = 0b11000;
    nvinfer1::IInt8Calibrator* calibrator = nullptr;
    nvinfer1::IAlgorithmSelector* selector = nullptr;
    const nvinfer1::IOptimizationProfile* calibration_profile = nullptr;
    nvinfer1::QuantizationFlags quantization = 0;
    std::map<nvinfer1::MemoryPoolType, size_t> pools;
    /// Profiles may be shared by contexts, as by default elsewhere.
    uint32_t previews =
        1U << static_cast<unsigned>(nvinfer1::PreviewFeature::kPROFILE_SHARING_0806);
    nvinfer1::HardwareCompatibilityLevel hardware = nvinfer1::HardwareCompatibilityLevel::kNONE;
    std::vector<std::string> plugins_to_serialize;
    nvinfer1::IProgressMonitor* monitor = nullptr;
    nvinfer1::RuntimePlatform platform = nvinfer1::RuntimePlatform::kSAME_AS_BUILD;
    nvinfer1::TilingOptimizationLevel tiling = nvinfer1::TilingOptimizationLevel::kNONE;
    int64_t l2_limit = -1;
    remote::Secret remote;  ///< may hold a password
    std::string route, device;
    BuildRoute decided;  ///< what `route` says
    std::shared_ptr<TimingCache> cache;
  };
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] bool has(nvinfer1::BuilderFlag flag) const noexcept { return getFlag(flag); }
  /// tenon::set_engine_device.
  bool set_device(char const* device) noexcept;

  void setAvgTimingIterations(int32_t avgTiming) noexcept override;
  int32_t getAvgTimingIterations() const noexcept override { return settings_.avg_timing; }
  void setEngineCapability(nvinfer1::EngineCapability capability) noexcept override;
  nvinfer1::EngineCapability getEngineCapability() const noexcept override;
  void setInt8Calibrator(nvinfer1::IInt8Calibrator* calibrator) noexcept override;
  nvinfer1::IInt8Calibrator* getInt8Calibrator() const noexcept override;
  void setFlags(nvinfer1::BuilderFlags builderFlags) noexcept override;
  nvinfer1::BuilderFlags getFlags() const noexcept override { return settings_.flags; }
  void clearFlag(nvinfer1::BuilderFlag builderFlag) noexcept override;
  void setFlag(nvinfer1::BuilderFlag builderFlag) noexcept override;
  bool getFlag(nvinfer1::BuilderFlag builderFlag) const noexcept override;
  void setDeviceType(nvinfer1::ILayer const* layer,
                     nvinfer1::DeviceType deviceType) noexcept override;
  nvinfer1::DeviceType getDeviceType(nvinfer1::ILayer const* layer) const noexcept override;
  bool isDeviceTypeSet(nvinfer1::ILayer const* layer) const noexcept override;
  void resetDeviceType(nvinfer1::ILayer const* layer) noexcept override;
  bool canRunOnDLA(nvinfer1::ILayer const*) const noexcept override { return false; }
  void setDLACore(int32_t dlaCore) noexcept override;
  int32_t getDLACore() const noexcept override { return -1; }
  void setDefaultDeviceType(nvinfer1::DeviceType deviceType) noexcept override;
  nvinfer1::DeviceType getDefaultDeviceType() const noexcept override;
  void reset() noexcept override { settings_ = {}; }
  void setProfileStream(const cudaStream_t stream) noexcept override;
  cudaStream_t getProfileStream() const noexcept override { return settings_.profile_stream; }
  int32_t addOptimizationProfile(nvinfer1::IOptimizationProfile const* profile) noexcept override;
  int32_t getNbOptimizationProfiles() const noexcept override;
  void setProfilingVerbosity(nvinfer1::ProfilingVerbosity verbosity) noexcept override;
  nvinfer1::ProfilingVerbosity getProfilingVerbosity() const noexcept override;
  void setAlgorithmSelector(nvinfer1::IAlgorithmSelector* selector) noexcept override;
  nvinfer1::IAlgorithmSelector* getAlgorithmSelector() const noexcept override;
  bool setCalibrationProfile(nvinfer1::IOptimizationProfile const* profile) noexcept override;
  nvinfer1::IOptimizationProfile const* getCalibrationProfile() noexcept override;
  void setQuantizationFlags(nvinfer1::QuantizationFlags flags) noexcept override;
  nvinfer1::QuantizationFlags getQuantizationFlags() const noexcept override;
  void clearQuantizationFlag(nvinfer1::QuantizationFlag flag) noexcept override;
  void setQuantizationFlag(nvinfer1::QuantizationFlag flag) noexcept override;
  bool getQuantizationFlag(nvinfer1::QuantizationFlag flag) const noexcept override;
  bool setTacticSources(nvinfer1::TacticSources tacticSources) noexcept override;
  nvinfer1::TacticSources getTacticSources() const noexcept override;
  nvinfer1::ITimingCache* createTimingCache(void const* blob,
                                            std::size_t size) const noexcept override;
  bool setTimingCache(nvinfer1::ITimingCache const& cache, bool ignoreMismatch) noexcept override;
  nvinfer1::ITimingCache const* getTimingCache() const noexcept override;
  void setMemoryPoolLimit(nvinfer1::MemoryPoolType pool, std::size_t poolSize) noexcept override;
  std::size_t getMemoryPoolLimit(nvinfer1::MemoryPoolType pool) const noexcept override;
  void setPreviewFeature(nvinfer1::PreviewFeature feature, bool enable) noexcept override;
  bool getPreviewFeature(nvinfer1::PreviewFeature feature) const noexcept override;
  void setBuilderOptimizationLevel(int32_t level) noexcept override;
  int32_t getBuilderOptimizationLevel() noexcept override { return settings_.level; }
  void setHardwareCompatibilityLevel(
      nvinfer1::HardwareCompatibilityLevel hardwareCompatibilityLevel) noexcept override;
  nvinfer1::HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept override;
  void setPluginsToSerialize(char const* const* paths, int32_t nbPaths) noexcept override;
  char const* getPluginToSerialize(int32_t index) const noexcept override;
  int32_t getNbPluginsToSerialize() const noexcept override;
  bool setMaxAuxStreams(int32_t nbStreams) noexcept override;
  int32_t getMaxAuxStreams() const noexcept override { return settings_.max_aux_streams; }
  void setProgressMonitor(nvinfer1::IProgressMonitor* monitor) noexcept override;
  nvinfer1::IProgressMonitor* getProgressMonitor() const noexcept override;
  void setRuntimePlatform(nvinfer1::RuntimePlatform runtimePlatform) noexcept override;
  nvinfer1::RuntimePlatform getRuntimePlatform() const noexcept override;
  void setMaxNbTactics(int32_t maxNbTactics) noexcept override;
  int32_t getMaxNbTactics() const noexcept override { return settings_.max_tactics; }
  bool setTilingOptimizationLevel(nvinfer1::TilingOptimizationLevel level) noexcept override;
  nvinfer1::TilingOptimizationLevel getTilingOptimizationLevel() const noexcept override;
  bool setL2LimitForTiling(int64_t size) noexcept override;
  int64_t getL2LimitForTiling() const noexcept override { return settings_.l2_limit; }
  bool setRemoteAutoTuningConfig(char const* config) noexcept override;
  char const* getRemoteAutoTuningConfig() const noexcept override;
  bool setBuildRoute(char const* buildRoute) noexcept override;
  char const* getBuildRoute() const noexcept override { return settings_.route.c_str(); }
  char const* getAllBuildRoutes() const noexcept override;

 private:
  mutable Voice voice_;
  Settings settings_;
  mutable std::string knobs_;  ///< what getAllBuildRoutes gave out
};

}  // namespace tenon::api
