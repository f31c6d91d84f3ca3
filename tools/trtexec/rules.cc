// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules, one a row where they are of one form.
#include "tools/trtexec/rules.h"

#include <fmt/format.h>

#include <string_view>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

struct Pair {
  const char* one;
  const char* other;
  const char* why;
};

constexpr Pair kExclusive[] = {
    {"--safe", "--refit", "weights of safe engines stay as they are"},
    {"--safe", "--stripWeights", "weights of safe engines stay as they are"},
    {"--safe", "--refitFromOnnx", "weights of safe engines stay as they are"},
    {"--safe", "--asyncFileReader", "a safe engine is read into memory"},
    {"--loadEngine", "--saveEngine", "an engine is either loaded or built and saved"},
    {"--loadEngine", "--onnx", "an engine is either loaded or built from a model"},
    {"--stronglyTyped", "--fp16", "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--bf16", "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--int8", "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--best", "types of strongly typed networks follow from the model alone"},
    {"--streams", "--infStreams", "both name the number of contexts"},
    {"--noBuilderCache", "--timingCacheFile",
     "the second names a cache that the first switches off"},
    {"--noBuilderCache", "--errorOnTimingCacheMiss", "without a cache everything would be a miss"},
    {"--stronglyTyped", "--layerPrecisions",
     "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--layerOutputTypes",
     "types of strongly typed networks follow from the model alone"},
    {"--tuneBuildRoutes", "--tuneBuildRouteFile", "both name the routes"},
    {"--tuneBuildRoutes", "--setBuildRoute", "the loop sets the route of each trial"},
    {"--tuneBuildRouteFile", "--setBuildRoute", "the loop sets the route of each trial"},
    {"--tuneBuildRoutes", "--loadEngine", "engines are built"},
    {"--tuneBuildRouteFile", "--loadEngine", "engines are built"},
    {"--tuneBuildRoutes", "--skipInference", "routes are told apart by the time of running"},
    {"--continue", "--tuneBuildRoutes", "the tuning cache file names the routes"},
    {"--continue", "--tuneBuildRouteFile", "the tuning cache file names the routes"},
    {"--continue", "--dryRun", "the second lists routes from the first on"},
    {"--continue", "--helpBuildRoute", "the second only prints"},
    {"--skipInference", "--saveDebugTensors", "tensors are written while the engine runs"},
    {"--skipInference", "--saveAllDebugTensors", "tensors are written while the engine runs"},
    {"--loadEngine", "--markDebug", "tensors are marked before the engine is built"},
    {"--loadEngine", "--markUnfusedTensorsAsDebugTensors",
     "tensors are marked before the engine is built"},
    {"--remoteAutoTuningConfig", "--tuneBuildRoutes", "the loop runs each engine on this machine"},
    {"--remoteAutoTuningConfig", "--tuneBuildRouteFile",
     "the loop runs each engine on this machine"},
    {"--remoteAutoTuningConfig", "--loadEngine", "an engine is timed when it is built"},
    {"--skipInference", "--timeDeserialize", "the second times an engine that is loaded to run"},
};

constexpr Pair kNeeds[] = {
    {"--dumpKernelText", "--safe", "it tells the kernels of a safe engine"},
    {"--remoteAutoTuningConfig", "--safe", "it builds safe engines for another machine"},
    {"--cpuOnly", "--safe", "it builds safe engines for another machine"},
    {"--cpuOnly", "--remoteAutoTuningConfig", "it names the machine that measures"},
    {"--dumpKernelText", "--saveEngine", "the text goes beside the engine"},
    {"--loadRefOutputs", "--loadInputs", "outputs are expected of known inputs"},
    {"--loadRefOutputs", "--accuracyThreshold", "it says which loss passes"},
    {"--errorOnTimingCacheMiss", "--timingCacheFile", "it names the cache"},
    {"--timeDeserialize", "--loadEngine", "it names the engine"},
    {"--saveAllEngines", "--saveEngine", "it names the engine"},
    {"--weightStreamingBudget", "--allowWeightStreaming", "it says how much of what"},
    {"--asyncFileReader", "--loadEngine", "it names the engine"},
    {"--getPlanVersionOnly", "--loadEngine", "it names the engine"},
};

void check_pairs(const std::set<std::string>& given) {
  for (const Pair& pair : kExclusive) {
    if (given.count(pair.one) > 0 && given.count(pair.other) > 0) {
      throw Failure(
          fmt::format("{} and {} exclude each other: {}.", pair.one, pair.other, pair.why));
    }
  }
  for (const Pair& pair : kNeeds) {
    if (given.count(pair.one) > 0 && given.count(pair.other) == 0) {
      throw Failure(fmt::format("{} needs {}: {}.", pair.one, pair.other, pair.why));
    }
  }
}

void check_accuracy(const Options& options) {
  const InferenceOptions& inference = options.inference;
  const bool tolerances = options.given.count("--atol") + options.given.count("--rtol") > 0;
  if (tolerances && inference.loss != Loss::L0) {
    throw Failure("--atol and --rtol are tolerances of --accuracyAlgorithm=l0 alone.");
  }
  if (options.given.count("--loadRefOutputs") == 0) return;
  if (inference.skip) throw Failure("--loadRefOutputs needs a run: leave --skipInference out.");
  if (!(inference.threshold > 0)) throw Failure("--accuracyThreshold must be more than 0.");
}

/// Bounds that were not given are those nearest to them that were.
void complete(ShapeProfile& profile) {
  const ShapeMap& any = !profile.opt.empty()   ? profile.opt
                        : !profile.max.empty() ? profile.max
                                               : profile.min;
  if (profile.opt.empty()) profile.opt = any;
  if (profile.min.empty()) profile.min = profile.opt;
  if (profile.max.empty()) profile.max = profile.opt;
}

void complete_shapes(Options& options) {
  auto& profiles = options.build.profiles;
  if (profiles.empty() && !options.inference.shapes.empty() && !options.build.onnx.empty()) {
    profiles[0].opt = options.inference.shapes;
  }
  for (auto& [number, profile] : profiles) {
    complete(profile);
    if (number != 0 && profiles.count(number - 1) == 0) {
      throw Failure(fmt::format("--profile={} is given, but no profile {}.", number, number - 1));
    }
  }
  const auto used = profiles.find(options.inference.profile);
  if (options.inference.shapes.empty() && used != profiles.end()) {
    options.inference.shapes = used->second.opt;
  }
}

void check_types_of_layers(Options& options) {
  const BuildOptions& build = options.build;
  const bool typed = !build.layer_precisions.empty() || !build.layer_output_types.empty();
  if (!typed || build.precision_constraints != PrecisionConstraints::None) return;
  options.notes.emplace_back(
      "--layerPrecisions and --layerOutputTypes have no effect without "
      "--precisionConstraints=prefer or obey.");
}

void check_refit(const Options& options) {
  const BuildOptions& build = options.build;
  const InferenceOptions& inference = options.inference;
  const bool loops = !options.tuning.expression.empty();
  if (!loops && build.strip_weights && !inference.skip && inference.refit_model.empty()) {
    throw Failure(
        "An engine without weights cannot run: pass --skipInference, or --refitFromOnnx=FILE to "
        "put weights in.");
  }
  if (inference.time_refit && build.onnx.empty() && inference.refit_model.empty()) {
    throw Failure("--timeRefit needs weights to put in: pass --refitFromOnnx=FILE.");
  }
}

/// What belongs to standard engines alone, and what a safe build leaves out.
void check_safe(Options& options) {
  const BuildOptions& build = options.build;
  if (!build.safe) {
    if (build.consistency) {
      options.notes.emplace_back("--consistency has no effect without --safe.");
    }
    return;
  }
  if (!options.system.static_plugins.empty()) {
    options.notes.emplace_back(
        "--staticPlugins has no effect with --safe: safe plugins come from --safetyPlugins.");
  }
  if (options.inference.skip) return;
  for (const char* flag :
       {"--dumpProfile", "--exportProfile", "--dumpLayerInfo", "--exportLayerInfo"}) {
    if (options.given.count(flag) == 0) continue;
    throw Failure(
        fmt::format("{} is refused with --safe: the safe runtime tells nothing of its layers; pass "
                    "--skipInference to see the layers of the engine, or build without --safe.",
                    flag));
  }
}

void check_tuning(const Options& options) {
  const TuningOptions& tuning = options.tuning;
  if (tuning.dry_run && tuning.expression.empty()) {
    throw Failure("--dryRun lists routes: pass --tuneBuildRoutes=EXPR too.");
  }
  if (tuning.dry_run && tuning.search == RouteSearch::Mixed) {
    throw Failure("--dryRun excludes --tuningSearch=mixed, whose second half follows from times.");
  }
  if (tuning.save_all && tuning.expression.empty()) {
    throw Failure("--saveAllEngines belongs to --tuneBuildRoutes=EXPR.");
  }
}

void check_runtime(const Options& options) {
  if (options.system.full_runtime) return;
  const std::string_view plain = "--useRuntime=lean and dispatch";
  if (options.inference.load_engine.empty()) {
    throw Failure(fmt::format("{} need --loadEngine: they cannot build.", plain));
  }
  if (options.inference.time_refit || !options.system.static_plugins.empty()) {
    throw Failure(fmt::format("{} exclude --timeRefit and --staticPlugins.", plain));
  }
}

}  // namespace

void apply_rules(Options& options) {
  check_pairs(options.given);
  check_accuracy(options);
  check_types_of_layers(options);
  check_refit(options);
  check_safe(options);
  check_runtime(options);
  if (options.tuning.resume || options.tuning.help) return;
  check_tuning(options);
  if (options.build.onnx.empty() && options.inference.load_engine.empty()) {
    throw Failure("Neither a model nor an engine is given: pass --onnx=FILE or --loadEngine=FILE.");
  }
  if (options.system.device != 0 && options.system.tenon_device != "cuda") {
    throw Failure(
        fmt::format("--device={} names a GPU, but the engine is for the CPU: leave it out, or pass "
                    "--tenonDevice=cuda:{}.",
                    options.system.device, options.system.device));
  }
  complete_shapes(options);
}

}  // namespace tenon::trtexec
