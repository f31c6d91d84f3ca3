// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules, one a row where they are of one form.
#include "tools/trtexec/rules.h"

#include <fmt/format.h>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

struct Pair {
  const char* one;
  const char* other;
  const char* why;
};

constexpr Pair kExclusive[] = {
    {"--loadEngine", "--saveEngine", "an engine is either loaded or built and saved"},
    {"--loadEngine", "--onnx", "an engine is either loaded or built from a model"},
    {"--stronglyTyped", "--fp16", "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--bf16", "types of strongly typed networks follow from the model alone"},
    {"--stronglyTyped", "--best", "types of strongly typed networks follow from the model alone"},
    {"--streams", "--infStreams", "both name the number of contexts"},
    {"--noBuilderCache", "--timingCacheFile",
     "the second names a cache that the first switches off"},
    {"--noBuilderCache", "--errorOnTimingCacheMiss", "without a cache everything would be a miss"},
    {"--skipInference", "--timeDeserialize", "the second times an engine that is loaded to run"},
};

constexpr Pair kNeeds[] = {
    {"--loadRefOutputs", "--loadInputs", "outputs are expected of known inputs"},
    {"--loadRefOutputs", "--accuracyThreshold", "it says which loss passes"},
    {"--errorOnTimingCacheMiss", "--timingCacheFile", "it names the cache"},
    {"--timeDeserialize", "--loadEngine", "it names the engine"},
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

}  // namespace

void apply_rules(Options& options) {
  check_pairs(options.given);
  check_accuracy(options);
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
