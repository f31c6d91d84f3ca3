// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builder, network, parser and configuration.
#include "tools/trtexec/engine_builder.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "NvOnnxParser.h"
#include "tenon/device.h"
#include "tools/trtexec/calibrator.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/layer_types.h"
#include "tools/trtexec/memory_report.h"
#include "tools/trtexec/network_shapes.h"
#include "tools/trtexec/plugins.h"
#include "tools/trtexec/progress.h"
#include "tools/trtexec/timing_cache_file.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

/// The object, or Failure with `what`.
template <class T>
std::unique_ptr<T> owned(T* made, const char* what) {
  if (made == nullptr) throw Failure(fmt::format("There is no {}; the reason stands above.", what));
  return std::unique_ptr<T>(made);
}

NetworkDefinitionCreationFlags network_flags(const BuildOptions& build) {
  const auto strongly = static_cast<unsigned>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
  return build.strongly_typed ? 1U << strongly : 0U;
}

/// Reads the model into the network; the parser owns weights and must outlive the build.
std::unique_ptr<nvonnxparser::IParser> parse_model(INetworkDefinition& network,
                                                   const BuildOptions& build) {
  auto parser = owned(nvonnxparser::createParser(network, console()), "parser");
  if (build.plugin_instance_norm) {
    parser->clearFlag(nvonnxparser::OnnxParserFlag::kNATIVE_INSTANCENORM);
  }
  if (build.plugin_override) {
    parser->setFlag(nvonnxparser::OnnxParserFlag::kENABLE_PLUGIN_OVERRIDE);
  }
  const auto start = std::chrono::steady_clock::now();
  if (!parser->parseFromFile(build.onnx.c_str(), static_cast<int>(ILogger::Severity::kINFO))) {
    for (int32_t i = 0; i < parser->getNbErrors(); ++i) {
      console().say(ILogger::Severity::kVERBOSE, parser->getError(i)->desc());
    }
    throw Failure(fmt::format("The model {} cannot be read; the reason stands above.", build.onnx));
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  console().info(fmt::format("Finished parsing network model. Parse time: {:.4g}", passed.count()));
  return parser;
}

void set_flags(IBuilderConfig& config, const Options& options) {
  const BuildOptions& build = options.build;
  const std::pair<bool, BuilderFlag> flags[] = {
      {build.fp16, BuilderFlag::kFP16},
      {build.bf16, BuilderFlag::kBF16},
      {build.int8, BuilderFlag::kINT8},
      {build.refit, BuilderFlag::kREFIT},
      {build.strip_weights, BuilderFlag::kSTRIP_PLAN},
      {build.strip_weights && !build.refit, BuilderFlag::kREFIT_IDENTICAL},
      {build.direct_io, BuilderFlag::kDIRECT_IO},
      {build.monitor_memory, BuilderFlag::kMONITOR_MEMORY},
      {build.timing_cache_off, BuilderFlag::kDISABLE_TIMING_CACHE},
      {build.error_on_cache_miss, BuilderFlag::kERROR_ON_TIMING_CACHE_MISS}};
  for (const auto& [wanted, flag] : flags) {
    if (wanted) config.setFlag(flag);
  }
  if (options.system.version_compatible) config.setFlag(BuilderFlag::kVERSION_COMPATIBLE);
  if (build.tf32_off) config.clearFlag(BuilderFlag::kTF32);
}

void set_plugins(IBuilderConfig& config, const std::vector<std::string>& libraries) {
  std::vector<const char*> paths;
  for (const std::string& library : libraries) paths.push_back(library.c_str());
  config.setPluginsToSerialize(paths.data(), static_cast<int32_t>(paths.size()));
}

void configure(IBuilderConfig& config, const Options& options) {
  const BuildOptions& build = options.build;
  set_flags(config, options);
  if (build.safe) config.setEngineCapability(EngineCapability::kSAFETY);
  set_plugins(config, build.plugins_to_serialize);
  for (const auto& [pool, bytes] : build.pools) config.setMemoryPoolLimit(pool, bytes);
  for (const auto& [feature, enable] : build.previews) config.setPreviewFeature(feature, enable);
  config.setProfilingVerbosity(build.verbosity);
  config.setHardwareCompatibilityLevel(build.hardware);
  config.setAvgTimingIterations(build.avg_timing);
  config.setMaxNbTactics(build.max_tactics);
  if (!build.route.empty()) {
    console().info(fmt::format("Using tuning build route: {}", build.route));
    if (!config.setBuildRoute(build.route.c_str())) {
      throw Failure(
          fmt::format("--setBuildRoute={} is refused; the reason stands above.", build.route));
    }
  }
  if (build.remote_config != nullptr) {
    console().info(fmt::format("Remote auto tuning config specified: {}", build.remote));
    if (!config.setRemoteAutoTuningConfig(build.remote_config)) {
      throw Failure("--remoteAutoTuningConfig is refused; the reason stands above.");
    }
  }
  if (build.level >= 0) config.setBuilderOptimizationLevel(build.level);
  if (build.max_aux_streams >= 0) config.setMaxAuxStreams(build.max_aux_streams);
  std::string device = options.system.tenon_device;
  if (device == "cuda" && options.system.device > 0) {
    device += fmt::format(":{}", options.system.device);
  }
  if (!device.empty() && !set_engine_device(config, device.c_str())) {
    throw Failure(fmt::format("--tenonDevice={} is refused; the reason stands above.", device));
  }
}

}  // namespace

std::unique_ptr<IHostMemory> build_engine(const Options& options) {
  const BuildOptions& build = options.build;
  const auto builder = owned(createInferBuilder(console()), "builder");
  load_dynamic(builder->getPluginRegistry(), options.system.dynamic_plugins);
  if (options.system.max_threads > 0) builder->setMaxThreads(options.system.max_threads);
  const auto network = owned(builder->createNetworkV2(network_flags(build)), "network");
  const auto parser = parse_model(*network, build);
  report_memory(options, "parsing");
  const auto config = owned(builder->createBuilderConfig(), "builder configuration");
  configure(*config, options);
  const IOptimizationProfile* profile = add_profiles(*builder, *network, *config, build);
  set_io_formats(*network, build);
  set_layers(*network, *config, build);
  mark_debug_tensors(*network, build);
  // As the known tool: what was measured elsewhere is not joined with a cache of this machine.
  const std::string timing_cache = build.cpu_only ? std::string() : build.timing_cache;
  load_timing_cache(*config, timing_cache);
  std::optional<FileCalibrator> calibrator;
  if (build.int8) {
    calibrator.emplace(*network, profile, build.calibration);
    config->setInt8Calibrator(&*calibrator);
  }
  ProgressBar progress;
  config->setProgressMonitor(&progress);

  const auto start = std::chrono::steady_clock::now();
  IHostMemory* text = nullptr;
  std::unique_ptr<IHostMemory> engine(build.kernel_text
                                          ? builder->buildSerializedNetwork(*network, *config, text)
                                          : builder->buildSerializedNetwork(*network, *config));
  const std::unique_ptr<IHostMemory> kernel_text(text);
  console().status("");
  if (!engine) throw Failure("The engine was not built; the reason stands above.");
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  console().info(fmt::format("Engine built in {:.4g} sec.", passed.count()));
  report_memory(options, "building");
  save_timing_cache(*config, timing_cache);
  if (!build.save_engine.empty()) {
    write_file(build.save_engine, engine->data(), engine->size());
    console().info(fmt::format("Saved engine to {}: {} bytes.", build.save_engine, engine->size()));
  }
  if (kernel_text) {
    write_file(build.save_engine + ".txt", kernel_text->data(), kernel_text->size());
    console().info(fmt::format("Saved kernel text to {}.txt.", build.save_engine));
  }
  return engine;
}

}  // namespace tenon::trtexec
