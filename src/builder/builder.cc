// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The stages of a build, in order.
#include "builder/builder.h"

#include <algorithm>

#include "builder/emit.h"
#include "builder/memory_plan.h"
#include "builder/profiles.h"
#include "builder/settle.h"
#include "builder/step_kernel.h"
#include "tune/profile_log.h"
#include "tune/report.h"

namespace tenon::builder {

namespace {

constexpr std::string_view kPhase = "Building engine";
enum Stage { kPasses, kTuning, kKernels, kEmission, kStages };

/// Weights that do not stay in a core's cache from one run to the next are cold when a layer
/// starts.
bool has_cold_weights(const Lowered& lowered, const device::Target& target) {
  return lowered.constant_bytes > target.l2_bytes / 2;
}

tune::Options tuning_options(const BuildConfig& config, const Lowered& lowered) {
  tune::Options options;
  options.target = config.target;
  options.max_threads = config.max_threads > 0 ? config.max_threads : config.target.cores;
  options.level = config.level;
  options.runs = config.timing_runs;
  options.cold_weights = has_cold_weights(lowered, config.target);
  options.workspace_limit = config.workspace_limit;
  options.error_on_cache_miss = config.error_on_cache_miss;
  options.left_out = config.left_out;
  options.max_tactics = config.max_tactics;
  options.editable_cache = config.editable_cache;
  options.guard = config.guard;
  return options;
}

Status run_passes(ir::Graph& graph, const BuildConfig& config, Diagnostics& diag) {
  passes::Options options = config.passes;
  for (const std::string& name : config.debug_tensors) {
    if (graph.find_value(name) == nullptr) {
      diag.warn("there is no tensor \"{}\" to be kept for debugging", name);
    }
    options.keep.push_back(name);
  }
  return passes::run_pipeline(graph, options, diag);
}

/// Chooses until every chosen kernel could be made: each round refuses at least one alternative.
Result<std::vector<MadeKernel>> choose_kernels(Lowered& lowered, tune::Tuner& tuner,
                                               const kernel::Registry& registry,
                                               Diagnostics& diag) {
  std::vector<std::optional<MadeKernel>> made;
  do {
    TENON_TRY(tuner.select(lowered.works, lowered.ends, diag));
  } while (!make_chosen(lowered.works, registry, tuner.options().workspace_limit, made, diag));
  std::vector<MadeKernel> kernels;
  for (std::optional<MadeKernel>& one : made) kernels.push_back(*std::move(one));
  return kernels;
}

/// One build, stage by stage.
class Build {
 public:
  Build(const kernel::Registry& registry, tune::ReformatSource& reformats, tune::Timer& timer,
        const BuildConfig& config, Diagnostics& diag)
      : registry_(registry),
        reformats_(reformats),
        timer_(timer),
        config_(config),
        diag_(diag),
        phase_(config.progress, kPhase, {}, kStages) {}

  Result<plan::Plan> run(ir::Graph& graph) {
    tune::TimingCache own(config_.target.fingerprint());
    tune::TimingCache& cache = config_.cache != nullptr ? *config_.cache : own;
    TENON_TRY(check_cache(cache));
    TENON_ASSIGN(const auto profiles, complete_profiles(graph, config_.profiles, diag_));
    TENON_TRY(settle_extents(graph, profiles, diag_));
    TENON_TRY(run_passes(graph, config_, diag_));
    TENON_TRY(next());

    const Extents extents(graph, profiles);
    TENON_ASSIGN(Lowered lowered, lower(graph, extents, config_, diag_));
    tune::Tuner tuner(registry_, reformats_, timer_, cache, tuning_options(config_, lowered));
    TENON_TRY(tuner.tune(lowered.works, config_.progress, kPhase, diag_));
    TENON_TRY(next());

    TENON_ASSIGN(auto kernels, choose_kernels(lowered, tuner, registry_, diag_));
    if (config_.editable_cache) tune::log_profiles(lowered.works, diag_);
    TENON_TRY(next());

    TENON_ASSIGN(Emitted emitted, emit({graph, lowered, extents, profiles, std::move(kernels),
                                        tuner.reformats(), registry_},
                                       diag_));
    plan_memory(emitted.plan, emitted.aliases);
    emitted.plan.target = config_.target;
    emitted.plan.profiling_verbosity = config_.profiling_verbosity;
    emitted.plan.hardware_compatibility = config_.hardware_compatibility;
    emitted.plan.record = tune::report(graph.name, lowered.works, lowered.ends, tuner);
    TENON_TRY(next());
    return std::move(emitted.plan);
  }

 private:
  Status next() {
    if (phase_.step()) return {};
    return diag_.fail(Code::Cancelled, "the build was cancelled");
  }

  Status check_cache(const tune::TimingCache& cache) {
    if (cache.fingerprint() == config_.target.fingerprint()) return {};
    return diag_.fail(Code::InvalidArgument,
                      "the timing cache is of [{}], but the engine is built for [{}]: give the "
                      "cache of that machine, or a new one",
                      cache.fingerprint(), config_.target.fingerprint());
  }

  const kernel::Registry& registry_;
  tune::ReformatSource& reformats_;
  tune::Timer& timer_;
  const BuildConfig& config_;
  Diagnostics& diag_;
  tune::Phase phase_;
};

}  // namespace

Result<plan::Plan> build(ir::Graph& graph, const kernel::Registry& registry,
                         tune::ReformatSource& reformats, tune::Timer& timer,
                         const BuildConfig& config, Diagnostics& diag) {
  return Build(registry, reformats, timer, config, diag).run(graph);
}

}  // namespace tenon::builder
