// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping settings.
#include "api/infer/builder_config.h"

#include <fmt/core.h>

#include "api/infer/device_choice.h"
#include "device/target.h"

namespace tenon::api {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): this file is all foreign words

namespace {

template <class Enum>
uint32_t bit(Enum value) {
  return 1U << static_cast<unsigned>(value);
}

/// Whose times a cache holds that is made for these settings.
std::string machine_text(const BuilderConfig::Settings& settings) {
  CollectingSink unheard;
  Diagnostics quiet(unheard);
  const auto gpu = device_of(settings, quiet);
  const bool on_gpu = gpu.ok() && *gpu != nullptr;
  return (on_gpu ? (*gpu)->target() : device::local_target()).fingerprint();
}

}  // namespace

void BuilderConfig::setAvgTimingIterations(int32_t avgTiming) noexcept {
  settings_.avg_timing = avgTiming;
}
void BuilderConfig::setEngineCapability(EngineCapability capability) noexcept {
  settings_.capability = capability;
}
EngineCapability BuilderConfig::getEngineCapability() const noexcept {
  return settings_.capability;
}
void BuilderConfig::setInt8Calibrator(IInt8Calibrator* calibrator) noexcept {
  settings_.calibrator = calibrator;
}
IInt8Calibrator* BuilderConfig::getInt8Calibrator() const noexcept { return settings_.calibrator; }
void BuilderConfig::setFlags(BuilderFlags builderFlags) noexcept { settings_.flags = builderFlags; }
void BuilderConfig::clearFlag(BuilderFlag builderFlag) noexcept {
  settings_.flags &= ~bit(builderFlag);
}
void BuilderConfig::setFlag(BuilderFlag builderFlag) noexcept {
  settings_.flags |= bit(builderFlag);
}
bool BuilderConfig::getFlag(BuilderFlag builderFlag) const noexcept {
  return (settings_.flags & bit(builderFlag)) != 0;
}
void BuilderConfig::setDeviceType(ILayer const* layer, DeviceType deviceType) noexcept {
  settings_.devices[layer] = deviceType;
}
DeviceType BuilderConfig::getDeviceType(ILayer const* layer) const noexcept {
  const auto found = settings_.devices.find(layer);
  return found == settings_.devices.end() ? settings_.default_device : found->second;
}
bool BuilderConfig::isDeviceTypeSet(ILayer const* layer) const noexcept {
  return settings_.devices.count(layer) > 0;
}
void BuilderConfig::resetDeviceType(ILayer const* layer) noexcept {
  settings_.devices.erase(layer);
}
void BuilderConfig::setDefaultDeviceType(DeviceType deviceType) noexcept {
  settings_.default_device = deviceType;
}
DeviceType BuilderConfig::getDefaultDeviceType() const noexcept { return settings_.default_device; }
void BuilderConfig::setProfileStream(const cudaStream_t stream) noexcept {
  settings_.profile_stream = stream;
}

int32_t BuilderConfig::addOptimizationProfile(IOptimizationProfile const* profile) noexcept {
  if (profile == nullptr || !profile->isValid()) {
    voice_.refuse(
        Code::InvalidArgument,
        "addOptimizationProfile: the profile is not valid; every input needs kMIN, kOPT and "
        "kMAX extents of one rank with kMIN <= kOPT <= kMAX");
    return -1;
  }
  settings_.profiles.push_back(static_cast<const Profile*>(profile));
  return static_cast<int32_t>(settings_.profiles.size()) - 1;
}
int32_t BuilderConfig::getNbOptimizationProfiles() const noexcept {
  return static_cast<int32_t>(settings_.profiles.size());
}

void BuilderConfig::setProfilingVerbosity(ProfilingVerbosity verbosity) noexcept {
  settings_.verbosity = verbosity;
}
ProfilingVerbosity BuilderConfig::getProfilingVerbosity() const noexcept {
  return settings_.verbosity;
}
void BuilderConfig::setAlgorithmSelector(IAlgorithmSelector* selector) noexcept {
  if (selector != nullptr) voice_.absent("IBuilderConfig::setAlgorithmSelector");
}
IAlgorithmSelector* BuilderConfig::getAlgorithmSelector() const noexcept {
  return settings_.selector;
}
bool BuilderConfig::setCalibrationProfile(IOptimizationProfile const* profile) noexcept {
  settings_.calibration_profile = profile;
  return profile != nullptr && profile->isValid();
}
IOptimizationProfile const* BuilderConfig::getCalibrationProfile() noexcept {
  return settings_.calibration_profile;
}
void BuilderConfig::setQuantizationFlags(QuantizationFlags flags) noexcept {
  settings_.quantization = flags;
}
QuantizationFlags BuilderConfig::getQuantizationFlags() const noexcept {
  return settings_.quantization;
}
void BuilderConfig::clearQuantizationFlag(QuantizationFlag flag) noexcept {
  settings_.quantization &= ~bit(flag);
}
void BuilderConfig::setQuantizationFlag(QuantizationFlag flag) noexcept {
  settings_.quantization |= bit(flag);
}
bool BuilderConfig::getQuantizationFlag(QuantizationFlag flag) const noexcept {
  return (settings_.quantization & bit(flag)) != 0;
}
void BuilderConfig::setDLACore(int32_t dlaCore) noexcept {
  if (dlaCore < 0) return;
  voice_.refuse(Code::InvalidArgument,
                fmt::format("setDLACore({}): there are no such accelerators here", dlaCore));
}
bool BuilderConfig::setTacticSources(TacticSources tacticSources) noexcept {
  settings_.tactic_sources = tacticSources;
  return true;
}
TacticSources BuilderConfig::getTacticSources() const noexcept { return settings_.tactic_sources; }

ITimingCache* BuilderConfig::createTimingCache(void const* blob, std::size_t size) const noexcept {
  return guarded<ITimingCache*>(voice_, nullptr, [&]() -> ITimingCache* {
    const std::string machine = machine_text(settings_);
    if (blob == nullptr || size == 0) {
      return new TimingCache(std::make_shared<tune::TimingCache>(machine), voice_);
    }
    Diagnostics diag = voice_.diagnostics();
    // Whether it fits this machine is asked by setTimingCache, which knows whether to ignore that.
    auto cache =
        tune::TimingCache::load({static_cast<const std::byte*>(blob), size}, machine, true, diag);
    if (!cache.ok()) return nullptr;
    return new TimingCache(std::make_shared<tune::TimingCache>(std::move(*cache)), voice_);
  });
}

bool BuilderConfig::setTimingCache(ITimingCache const& cache, bool ignoreMismatch) noexcept {
  return guarded(voice_, false, [&] {
    // Shared with the user, who sees what builds add and may edit it between them.
    const TimingCache::Times& given = static_cast<const TimingCache&>(cache).times();
    tune::TimingCache mine(machine_text(settings_));
    // Of another machine the build finds out whether the cache is its.
    if (settings_.remote.empty() && given->fingerprint() != mine.fingerprint()) {
      Diagnostics diag = voice_.diagnostics();
      if (!mine.merge(*given, ignoreMismatch, diag).ok()) return false;
      *given = std::move(mine);
    }
    settings_.cache = std::make_shared<TimingCache>(given, voice_);
    return true;
  });
}
ITimingCache const* BuilderConfig::getTimingCache() const noexcept { return settings_.cache.get(); }

void BuilderConfig::setMemoryPoolLimit(MemoryPoolType pool, std::size_t poolSize) noexcept {
  settings_.pools[pool] = poolSize;
}
std::size_t BuilderConfig::getMemoryPoolLimit(MemoryPoolType pool) const noexcept {
  const auto found = settings_.pools.find(pool);
  if (found != settings_.pools.end()) return found->second;
  switch (pool) {
    case MemoryPoolType::kWORKSPACE:
      return SIZE_MAX;
    // Of other devices: these limit nothing here, but programs show what nobody set.
    case MemoryPoolType::kDLA_LOCAL_DRAM:
    case MemoryPoolType::kTACTIC_SHARED_MEMORY:
      return size_t{1} << 30;
    case MemoryPoolType::kDLA_GLOBAL_DRAM:
      return size_t{1} << 29;
    default:
      return 0;
  }
}
void BuilderConfig::setPreviewFeature(PreviewFeature feature, bool enable) noexcept {
  settings_.previews =
      enable ? settings_.previews | bit(feature) : settings_.previews & ~bit(feature);
}
bool BuilderConfig::getPreviewFeature(PreviewFeature feature) const noexcept {
  return (settings_.previews & bit(feature)) != 0;
}
void BuilderConfig::setBuilderOptimizationLevel(int32_t level) noexcept {
  if (level >= 0 && level <= 5) {
    settings_.level = level;
    return;
  }
  voice_.refuse(Code::InvalidArgument,
                fmt::format("setBuilderOptimizationLevel({}): levels are 0 to 5", level));
}
void BuilderConfig::setHardwareCompatibilityLevel(
    HardwareCompatibilityLevel hardwareCompatibilityLevel) noexcept {
  settings_.hardware = hardwareCompatibilityLevel;
}
HardwareCompatibilityLevel BuilderConfig::getHardwareCompatibilityLevel() const noexcept {
  return settings_.hardware;
}
void BuilderConfig::setPluginsToSerialize(char const* const* paths, int32_t nbPaths) noexcept {
  settings_.plugins_to_serialize.clear();
  for (int32_t i = 0; paths != nullptr && i < nbPaths; ++i) {
    if (paths[i] != nullptr) settings_.plugins_to_serialize.emplace_back(paths[i]);
  }
}
char const* BuilderConfig::getPluginToSerialize(int32_t index) const noexcept {
  const auto& all = settings_.plugins_to_serialize;
  if (index < 0 || static_cast<size_t>(index) >= all.size()) return nullptr;
  return all[static_cast<size_t>(index)].c_str();
}
int32_t BuilderConfig::getNbPluginsToSerialize() const noexcept {
  return static_cast<int32_t>(settings_.plugins_to_serialize.size());
}
bool BuilderConfig::setMaxAuxStreams(int32_t nbStreams) noexcept {
  if (nbStreams < 0) return false;
  settings_.max_aux_streams = nbStreams;
  return true;
}
void BuilderConfig::setProgressMonitor(IProgressMonitor* monitor) noexcept {
  settings_.monitor = monitor;
}
IProgressMonitor* BuilderConfig::getProgressMonitor() const noexcept { return settings_.monitor; }
void BuilderConfig::setRuntimePlatform(RuntimePlatform runtimePlatform) noexcept {
  settings_.platform = runtimePlatform;
}
RuntimePlatform BuilderConfig::getRuntimePlatform() const noexcept { return settings_.platform; }
void BuilderConfig::setMaxNbTactics(int32_t maxNbTactics) noexcept {
  settings_.max_tactics = maxNbTactics;
}
bool BuilderConfig::setTilingOptimizationLevel(TilingOptimizationLevel level) noexcept {
  settings_.tiling = level;
  return true;
}
TilingOptimizationLevel BuilderConfig::getTilingOptimizationLevel() const noexcept {
  return settings_.tiling;
}
bool BuilderConfig::setL2LimitForTiling(int64_t size) noexcept {
  settings_.l2_limit = size;
  return true;
}
bool BuilderConfig::setRemoteAutoTuningConfig(char const* config) noexcept {
  return guarded(voice_, false, [&] {
    const std::string_view text = config == nullptr ? "" : config;
    const bool good = text.empty() || text.find("://") != text.npos;
    if (good) {
      settings_.remote = remote::Secret(text);
    } else {
      voice_.refuse(Code::InvalidArgument,
                    "setRemoteAutoTuningConfig: the text is not of the form "
                    "protocol://user[:password]@host[:port]?parameter=value&…");
    }
    return good;
  });
}
char const* BuilderConfig::getRemoteAutoTuningConfig() const noexcept {
  return settings_.remote.c_str();
}
bool BuilderConfig::setBuildRoute(char const* buildRoute) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const std::string text = buildRoute == nullptr ? "" : buildRoute;
    auto route = parse_route(text, device::local_target().cores, diag);
    if (!route.ok()) return false;
    settings_.decided = std::move(*route);
    settings_.route = text;
    return true;
  });
}
char const* BuilderConfig::getAllBuildRoutes() const noexcept {
  return guarded<char const*>(voice_, "", [&] {
    knobs_ = knobs_json(device::local_target().cores);
    return knobs_.c_str();
  });
}

bool BuilderConfig::set_device(char const* device) noexcept {
  return guarded(voice_, false, [&] {
    const std::string_view text = device == nullptr ? "" : device;
    if (device != nullptr && text.empty()) {
      voice_.refuse(Code::InvalidArgument,
                    "set_engine_device was given an empty text; null is the default device");
      return false;
    }
    const std::string refusal = refuse_device(text);
    if (refusal.empty()) {
      settings_.device = text;
    } else {
      voice_.refuse(Code::Unsupported, refusal);
    }
    return refusal.empty();
  });
}

}  // namespace tenon::api
