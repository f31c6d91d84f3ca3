// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a network and a configuration to an engine file.
#include "api/infer/builder.h"

#include <fmt/core.h>

#include <algorithm>

#include "api/backends.h"
#include "api/config.h"
#include "api/guard_mode.h"
#include "api/infer/calibration.h"
#include "api/infer/device_choice.h"
#include "api/infer/engine.h"
#include "api/infer/host_memory.h"
#include "api/infer/kernel_text.h"
#include "api/infer/plugin_libraries.h"
#include "api/infer/refusals.h"
#include "builder/builder.h"
#include "builder/refit.h"
#include "control/outline.h"
#include "plan/writer.h"
#include "plugin/adapt/v2/foreign_op.h"
#include "plugin/adapt/v3/foreign_op.h"
#include "remote/tuner.h"
#include "tenon/version.h"
#include "tune/counted_timer.h"

namespace tenon::api {

namespace {

using nvinfer1::BuilderFlag;
using nvinfer1::PreviewFeature;

/// Passes progress on to the user's monitor.
class Monitor final : public tune::Progress {
 public:
  explicit Monitor(nvinfer1::IProgressMonitor& monitor) : monitor_(monitor) {}
  void start(std::string_view phase, std::string_view parent, int steps) override {
    const std::string name(phase), above(parent);
    monitor_.phaseStart(name.c_str(), above.empty() ? nullptr : above.c_str(), steps);
  }
  bool step(std::string_view phase, int step) override {
    const std::string name(phase);
    return monitor_.stepComplete(name.c_str(), step);
  }
  void finish(std::string_view phase) override {
    const std::string name(phase);
    monitor_.phaseFinish(name.c_str());
  }

 private:
  nvinfer1::IProgressMonitor& monitor_;
};

/// Whether the plugin of a node takes i8 with these steps; if so, it is told them.
bool takes_integers(const ir::Node& node, std::span<const float> steps) {
  ops::ForeignOp* op = node.as<ops::Foreign>()->op.get();
  auto* v2 = dynamic_cast<plugin::V2Op*>(op);
  auto* v3 = dynamic_cast<plugin::V3Op*>(op);
  if (v2 == nullptr && v3 == nullptr) return false;
  std::vector<Dims> dims;
  for (const auto* side : {&node.inputs(), &node.outputs()}) {
    for (const ir::Value* value : *side) {
      Dims& extents = dims.emplace_back();
      for (const expr::Expr& extent : value->shape()) {
        extents.push_back(extent.is_constant() ? extent.constant() : -1);
      }
    }
  }
  return v2 != nullptr ? v2->take_integers(dims, steps) : v3->take_integers(dims, steps);
}

/// True if there are fast kernels for convolutions and products of integers: oneDNN's, which safe
/// and portable engines do without.
bool computes_integers(const builder::BuildConfig& build) {
  const bool left_out =
      std::find(build.left_out.begin(), build.left_out.end(), "dnnl") != build.left_out.end();
  return TENON_HAS_DNNL != 0 && !left_out && !build.target.portable &&
         build.target.kind == device::Kind::Cpu && build.target.isa == device::local_target().isa &&
         build.capability == plan::Capability::Standard;
}

/// What flags allow f32 to be rounded to; types of strongly typed networks stand as they are.
std::vector<DType> permitted_types(const BuilderConfig& config, const Network& network) {
  std::vector<DType> types;
  if (network.getFlag(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED)) return types;
  if (config.has(BuilderFlag::kFP16)) types.push_back(DType::F16);
  if (config.has(BuilderFlag::kBF16)) types.push_back(DType::BF16);
  return types;
}

/// `gpu`: what the engine is for; null: a processor, `other` where that is not this one.
builder::BuildConfig to_build_config(const BuilderConfig& config, const Network& network,
                                     int32_t max_threads, const device::Gpu* gpu,
                                     const device::Target* other) {
  const BuilderConfig::Settings& settings = config.settings();
  builder::BuildConfig build;
  const bool portable = settings.hardware == nvinfer1::HardwareCompatibilityLevel::kAMPERE_PLUS;
  if (gpu != nullptr) build.target = gpu->target();
  if (portable) build.target = device::portable_target();
  if (other != nullptr) build.target = *other;
  if (settings.capability == nvinfer1::EngineCapability::kSAFETY) {
    build.capability = plan::Capability::Safety;
  }
  build.hardware_compatibility = static_cast<uint8_t>(settings.hardware);
  for (const Profile* profile : settings.profiles) {
    build.profiles.push_back(profile->ranges(network.graph()));
  }
  build.max_threads =
      max_threads > 0 ? std::min(max_threads, build.target.cores) : build.target.cores;
  build.workspace_limit = config.getMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE);
  build.timing_runs = settings.avg_timing > 1 ? settings.avg_timing : 0;
  // Times of portable kernels do not belong into a timing cache, which is of one machine.
  const bool cached =
      settings.cache != nullptr && !config.has(BuilderFlag::kDISABLE_TIMING_CACHE) && !portable;
  build.cache = cached ? settings.cache->times().get() : nullptr;
  // Which device it was made for is known only now.
  const std::string machine = build.target.fingerprint();
  const bool unused = cached && build.cache->size() == 0;
  if (unused && build.cache->fingerprint() != machine) *build.cache = tune::TimingCache(machine);
  build.error_on_cache_miss = config.has(BuilderFlag::kERROR_ON_TIMING_CACHE_MISS);
  if (settings.decided.threads) {
    build.max_threads = std::min(build.max_threads, *settings.decided.threads);
  }
  build.level = settings.decided.level.value_or(settings.level);
  build.left_out = settings.decided.left_out;
  build.direct_io = config.has(BuilderFlag::kDIRECT_IO);
  build.max_tactics = config.getMaxNbTactics();
  build.editable_cache = config.has(BuilderFlag::kEDITABLE_TIMING_CACHE);
  build.profiling_verbosity = static_cast<uint8_t>(settings.verbosity);
  build.debug_tensors = network.debug_tensors();
  build.guard = guard_mode() != guard::GuardedLoaders::Which::None;
  build.debug_unfused = network.debug_unfused();
  build.aliased_plugin_io = config.getPreviewFeature(PreviewFeature::kALIASED_PLUGIN_IO_10_03);
  build.allow_tf32 = config.has(BuilderFlag::kTF32);
  build.aux_streams = config.getMaxAuxStreams();
  build.permitted = permitted_types(config, network);
  build.passes.evaluator = &evaluator();
  if (computes_integers(build)) {
    build.passes.takes_integers = takes_integers;
  } else {
    build.passes.skip.emplace_back("absorb_quantisation");
  }
  const bool some = config.has(BuilderFlag::kREFIT_INDIVIDUAL);
  if (some || config.has(BuilderFlag::kREFIT)) {
    build.refit = builder::Refit::Any;
  } else if (config.has(BuilderFlag::kREFIT_IDENTICAL) || config.has(BuilderFlag::kSTRIP_PLAN)) {
    build.refit = builder::Refit::Identical;
  }
  if (build.refit != builder::Refit::None) build.weights = network.refittable_weights(some);
  return build;
}

/// Builds the bodies of loops and the branches of conditionals as the network itself is built.
/// All outlive the build.
std::shared_ptr<const control::Services> region_services(const RuntimeLoaders& loaders,
                                                         tune::Timer& timer,
                                                         const builder::BuildConfig& config) {
  auto made = std::make_shared<control::Services>();
  made->loaders = &loaders;
  made->build = [&timer, &config](ir::Graph& region, const std::vector<control::InputRange>& ranges,
                                  Diagnostics& diag) -> Result<Bytes> {
    builder::BuildConfig inner = config;
    inner.progress = nullptr;
    inner.debug_tensors.clear();
    inner.debug_unfused = false;
    inner.direct_io = false;
    std::erase_if(inner.weights, [&](const builder::RefittableWeights& weights) {
      const ir::Value* found = region.find_value(weights.value);
      const bool here = found != nullptr && found->constant() != nullptr;
      return !here && control::inner_constant(region, weights.value) == nullptr;
    });
    inner.profiles = {{}};
    for (size_t i = 0; i < ranges.size(); ++i) {
      inner.profiles[0].inputs.push_back(
          {region.inputs()[i]->name, ranges[i].min, ranges[i].opt, ranges[i].max, {}, {}, {}});
    }
    TENON_ASSIGN(plan::Plan plan,
                 builder::build(region, backends(), reformats(), timer, inner, diag));
    plan.record.clear();        // the layer's metadata say what was chosen
    if (!plan.refit.empty()) {  // the engine around it has the numbers
      TENON_ASSIGN(const auto notes, builder::RefitRecord::read(plan.refit, nullptr, diag));
      plan.refit = notes.write(false);
    }
    return plan::write(plan, diag);
  };
  return made;
}

/// The machine that times, where the configuration names one; null for this one. A timing cache
/// that holds nothing yet becomes that machine's.
Result<std::unique_ptr<remote::Tuner>> other_machine(const BuilderConfig& config,
                                                     Diagnostics& diag) {
  const BuilderConfig::Settings& settings = config.settings();
  if (settings.remote.empty()) return std::unique_ptr<remote::Tuner>();
  if (settings.hardware == nvinfer1::HardwareCompatibilityLevel::kAMPERE_PLUS) {
    return diag.fail(Code::Unsupported,
                     "HardwareCompatibilityLevel::kAMPERE_PLUS: a portable engine is for no one "
                     "machine, and is timed on this one: set no remote tuning configuration");
  }
  TENON_ASSIGN(auto other, remote::connect(settings.remote.view(), version(), diag));
  if (settings.cache != nullptr) {
    tune::TimingCache& times = *settings.cache->times();
    if (times.size() == 0) times = tune::TimingCache(other->target().fingerprint());
  }
  return other;
}

/// Lets a build have loops and conditionals; the configuration outlives the build.
void allow_regions(builder::BuildConfig& config, const RuntimeLoaders& loaders,
                   tune::Timer& timer) {
  config.outline = [services = region_services(loaders, timer, config)](ir::Graph& graph,
                                                                        Diagnostics& diag) {
    return control::outline(graph, services, diag);
  };
  config.inner_constant = control::inner_constant;
}

}  // namespace

Builder::Builder(nvinfer1::ILogger& logger)
    : voice_(&logger),
      registry_(std::make_shared<plugin::PluginRegistry>(&plugin::global_registry(), &logger)) {
  plugin::set_process_logger(&logger);
}

bool Builder::platformHasFastFp16() const noexcept {
  return device::local_target().has(device::Isa::Avx512Fp16) || device::Gpu::count() > 0;
}
bool Builder::platformHasFastInt8() const noexcept {
  return device::local_target().has(device::Isa::Avx512Vnni);
}

nvinfer1::IBuilderConfig* Builder::createBuilderConfig() noexcept {
  return guarded<nvinfer1::IBuilderConfig*>(voice_, nullptr,
                                            [&] { return new BuilderConfig(voice_); });
}

nvinfer1::INetworkDefinition* Builder::createNetworkV2(
    nvinfer1::NetworkDefinitionCreationFlags flags) noexcept {
  return guarded<nvinfer1::INetworkDefinition*>(voice_, nullptr,
                                                [&] { return new Network(*this, voice_, flags); });
}

nvinfer1::IOptimizationProfile* Builder::createOptimizationProfile() noexcept {
  return guarded<nvinfer1::IOptimizationProfile*>(voice_, nullptr, [&] {
    return profiles_.emplace_back(std::make_unique<Profile>(voice_)).get();
  });
}

void Builder::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Builder::getErrorRecorder() const noexcept { return voice_.recorder(); }

void Builder::reset() noexcept {
  max_threads_ = 0;
  allocator_ = nullptr;
}

bool Builder::setMaxThreads(int32_t maxThreads) noexcept {
  if (maxThreads < 1) return false;
  max_threads_ = maxThreads;
  return true;
}
int32_t Builder::getMaxThreads() const noexcept {
  return max_threads_ > 0 ? max_threads_ : device::local_target().cores;
}

BuildWatched Builder::watched(const builder::BuildConfig& config, tune::Timer& timer,
                              Diagnostics& diag) {
  return [this, &timer, &diag, quick = config](ir::Graph& graph) mutable {
    // Any kernels will do: what counts is what they compute.
    quick.level = 0;
    quick.cache = nullptr;
    quick.progress = nullptr;
    quick.direct_io = false;
    quick.capability = plan::Capability::Standard;
    auto plan = builder::build(graph, backends(), reformats(), timer, quick, diag);
    const auto bytes = plan.ok() ? plan::write(*plan, diag) : Result<Bytes>(plan.status());
    if (!bytes.ok()) return std::unique_ptr<nvinfer1::ICudaEngine>();
    const InnerLibraries inner{InnerLibraries::Use::Ignore, {}};
    return std::unique_ptr<nvinfer1::ICudaEngine>(
        load_engine(*bytes, {registry_, inner, allocator_}, voice_));
  };
}

Result<Bytes> Builder::build(nvinfer1::INetworkDefinition& network,
                             nvinfer1::IBuilderConfig& config) {
  Diagnostics diag = voice_.diagnostics();
  auto& mine = static_cast<Network&>(network);
  auto& settings = static_cast<BuilderConfig&>(config);
  TENON_TRY(refuse_absent_settings(settings, diag));
  TENON_TRY(mine.expect_finished(diag));
  TENON_TRY(refuse_unspeakable_types(mine, diag));
  TENON_TRY(refuse_precisions(mine, settings, diag));
  TENON_ASSIGN(const device::Gpu* gpu, device_of(settings.settings(), diag));
  TENON_TRY(refuse_weight_streaming(settings, gpu, diag));
  const device::GpuScope scope(gpu);
  TENON_ASSIGN(const std::unique_ptr<ir::Graph> graph, mine.graph().clone(diag));
  TENON_ASSIGN(const std::unique_ptr<remote::Tuner> other, other_machine(settings, diag));
  builder::BuildConfig build_config =
      to_build_config(settings, mine, max_threads_, gpu, other ? &other->target() : nullptr);
  if (build_config.target.portable && settings.settings().cache != nullptr) {
    diag.info("a portable engine is timed anew: the timing cache is of this machine's own kernels");
  }
  std::optional<Monitor> monitor;
  if (nvinfer1::IProgressMonitor* user = settings.getProgressMonitor()) {
    build_config.progress = &monitor.emplace(*user);
  }
  const RuntimeLoaders loaders(*registry_, {true, {}});
  const std::unique_ptr<tune::Timer> own =
      other ? nullptr : make_timer(loaders, gpu, build_config.target);
  tune::CountedTimer timer(other ? *other : *own);
  allow_regions(build_config, loaders, timer);
  if (settings.has(BuilderFlag::kINT8) && !computes_integers(build_config)) {
    return diag.fail(Code::Unsupported,
                     "BuilderFlag::kINT8: safe and portable engines, engines for a GPU, and builds "
                     "without oneDNN have no kernels for it yet: leave the flag out");
  }
  TENON_ASSIGN(Ranges ranges, ranges_of(mine, settings, watched(build_config, timer, diag), diag));
  build_config.passes.ranges = std::move(ranges.most);
  build_config.range_sources = std::move(ranges.sources);
  const LibraryDigests used = libraries_of(*graph, *registry_);
  TENON_ASSIGN(plan::Plan plan,
               builder::build(*graph, backends(), reformats(), timer, build_config, diag));
  if (other) {
    TENON_TRY(other->finish());
  } else {
    diag.verbose("{}", timer.summary());
  }
  TENON_TRY(add_libraries(settings.settings().plugins_to_serialize, used, plan, diag));
  TENON_ASSIGN(Bytes bytes, plan::write(plan, diag));
  if (!settings.has(BuilderFlag::kSTRIP_PLAN)) return bytes;
  TENON_ASSIGN(const auto record, builder::RefitRecord::read(plan.refit, nullptr, diag));
  TENON_ASSIGN(const plan::View view, plan::View::open(bytes, {.inspect_only = true}));
  return plan::without_weights(view, record.write(false));
}

nvinfer1::IHostMemory* Builder::buildSerializedNetwork(nvinfer1::INetworkDefinition& network,
                                                       nvinfer1::IBuilderConfig& config) noexcept {
  return guarded<nvinfer1::IHostMemory*>(voice_, nullptr, [&]() -> nvinfer1::IHostMemory* {
    auto bytes = build(network, config);
    return bytes.ok() ? new HostMemory(std::move(*bytes)) : nullptr;
  });
}

bool Builder::buildSerializedNetworkToStream(nvinfer1::INetworkDefinition& network,
                                             nvinfer1::IBuilderConfig& config,
                                             nvinfer1::IStreamWriter& writer) noexcept {
  return guarded(voice_, false, [&] {
    const auto bytes = build(network, config);
    if (!bytes.ok()) return false;
    const auto size = static_cast<int64_t>(bytes->size());
    if (const int64_t written = writer.write(bytes->data(), size); written != size) {
      voice_.refuse(Code::Io, fmt::format("the stream writer took {} of {} bytes", written, size));
      return false;
    }
    return true;
  });
}

nvinfer1::IHostMemory* Builder::buildSerializedNetwork(
    nvinfer1::INetworkDefinition& network, nvinfer1::IBuilderConfig& config,
    nvinfer1::IHostMemory*& kernelText) noexcept {
  kernelText = nullptr;
  return guarded<nvinfer1::IHostMemory*>(voice_, nullptr, [&]() -> nvinfer1::IHostMemory* {
    if (config.getEngineCapability() != nvinfer1::EngineCapability::kSAFETY) {
      voice_.refuse(Code::Unsupported,
                    "kernel text belongs to safe engines: set EngineCapability::kSAFETY, or call "
                    "buildSerializedNetwork(network, config)");
      return nullptr;
    }
    auto bytes = build(network, config);
    if (!bytes.ok()) return nullptr;
    const auto view = plan::View::open(*bytes, {.inspect_only = true});
    if (!view.ok()) return nullptr;
    const std::string text = kernel_text(*view);
    const auto words = std::as_bytes(std::span(text));
    kernelText = new HostMemory(Bytes(words.begin(), words.end()));
    return new HostMemory(std::move(*bytes));
  });
}

nvinfer1::ICudaEngine* Builder::buildEngineWithConfig(nvinfer1::INetworkDefinition& network,
                                                      nvinfer1::IBuilderConfig& config) noexcept {
  return guarded<nvinfer1::ICudaEngine*>(voice_, nullptr, [&]() -> nvinfer1::ICudaEngine* {
    const auto bytes = build(network, config);
    if (!bytes.ok()) return nullptr;
    const InnerLibraries inner{InnerLibraries::Use::Ignore, {}};  // The registry has them open.
    return load_engine(*bytes, {registry_, inner, allocator_}, voice_);
  });
}

bool Builder::isNetworkSupported(nvinfer1::INetworkDefinition const& network,
                                 nvinfer1::IBuilderConfig const& config) const noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const auto& mine = static_cast<const Network&>(network);
    const auto& settings = static_cast<const BuilderConfig&>(config);
    if (!refuse_absent_settings(settings, diag).ok()) return false;
    if (!mine.expect_finished(diag).ok()) return false;
    if (!refuse_unspeakable_types(mine, diag).ok()) return false;
    if (!refuse_precisions(mine, settings, diag).ok()) return false;
    const auto graph = mine.graph().clone(diag);
    if (!graph.ok()) return false;
    // A whole build, but nothing is measured: whatever refuses there refuses here.
    const auto gpu = device_of(settings.settings(), diag);
    if (!gpu.ok()) return false;
    if (!refuse_weight_streaming(settings, *gpu, diag).ok()) return false;
    const device::GpuScope scope(*gpu);
    builder::BuildConfig quick = to_build_config(settings, mine, max_threads_, *gpu, nullptr);
    quick.level = 0;
    quick.cache = nullptr;
    const RuntimeLoaders loaders(*registry_, {true, {}});
    const std::unique_ptr<tune::Timer> timer = make_timer(loaders, *gpu, quick.target);
    allow_regions(quick, loaders, *timer);
    return builder::build(**graph, backends(), reformats(), *timer, quick, diag).ok();
  });
}

}  // namespace tenon::api
