// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The stages of a build, in order.
#include "builder/builder.h"

#include <algorithm>

#include "builder/emit.h"
#include "builder/memory_plan.h"
#include "builder/profiles.h"
#include "builder/refit.h"
#include "builder/scope.h"
#include "builder/settle.h"
#include "builder/size_tensors.h"
#include "builder/step_kernel.h"
#include "plan/format.h"
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
  if (config.capability == plan::Capability::Safety) {
    options.max_threads = 1;
    options.only.assign(std::begin(plan::kSafeFamilies), std::end(plan::kSafeFamilies));
  }
  return options;
}

/// Loops and conditionals become nodes.
Status outline(ir::Graph& graph, const BuildConfig& config, Diagnostics& diag) {
  const auto& nodes = graph.nodes();
  const auto border = std::find_if(nodes.begin(), nodes.end(),
                                   [](const auto& node) { return ops::is_border(node->op); });
  if (border == nodes.end()) return {};
  if (config.outline == nullptr || config.capability == plan::Capability::Safety) {
    return diag.fail(Code::Unsupported,
                     "layer '{}' belongs to a loop or a conditional, which this kind of engine "
                     "cannot have",
                     (*border)->name);
  }
  return config.outline(graph, diag);
}

Status run_passes(ir::Graph& graph, const BuildConfig& config, std::optional<DType> lower_to,
                  passes::QuantisedTensors& quantised, Diagnostics& diag) {
  passes::Options options = config.passes;
  if (!config.target.is_gpu()) options.skip.emplace_back("recognise_normalization");
  constexpr int kLeastForAttention = 80;  // the compute capability that its kernel needs
  if (!config.target.is_gpu() || config.target.gpu.sm < kLeastForAttention) {
    options.skip.emplace_back("recognise_attention");
  }
  options.lower_to = lower_to;
  options.quantised = &quantised;
  options.numbers_vary = config.refit == Refit::Any;
  for (const std::string& name : config.debug_tensors) {
    if (graph.find_value(name) == nullptr) {
      diag.warn("there is no tensor \"{}\" to be kept for debugging", name);
    }
    options.keep.push_back(name);
  }
  return passes::run_pipeline(graph, options, diag);
}

/// The tensors of small integers that passes left, for the record.
std::vector<tune::QuantisedRow> quantised_rows(const ir::Graph& graph,
                                               const passes::QuantisedTensors& noted,
                                               const BuildConfig& config) {
  std::vector<tune::QuantisedRow> rows;
  const auto note = [&](const ir::Value& value) {
    const auto found = noted.find(value.name);
    if (found == noted.end() || value.dtype() != found->second.type) return;
    const passes::QuantisedTensor& tensor = found->second;
    std::string source = "conversions of the model";
    if (tensor.by_range) {
      const auto given = config.range_sources.find(tensor.stands_for);
      source = given == config.range_sources.end() ? "a range" : given->second;
    }
    rows.push_back({value.name, tensor.stands_for, std::string(to_string(tensor.type)),
                    std::move(source), tensor.grid.scale, tensor.grid.zero});
  };
  for (const ir::Value* input : graph.inputs()) note(*input);
  for (const auto& node : graph.nodes()) {
    for (const ir::Value* output : node->outputs()) note(*output);
  }
  return rows;
}

/// Chooses until every chosen kernel could be made: each round refuses at least one alternative.
Result<std::vector<MadeKernel>> choose_kernels(Lowered& lowered, tune::Tuner& tuner,
                                               const kernel::Registry& registry,
                                               Diagnostics& diag) {
  std::vector<std::optional<MadeKernel>> made;
  do {
    TENON_TRY(tuner.select(lowered.works, lowered.ends, diag));
  } while (!make_chosen(lowered.works, tuner.options().target, registry,
                        tuner.options().workspace_limit, made, diag));
  std::vector<MadeKernel> kernels;
  for (std::optional<MadeKernel>& one : made) kernels.push_back(*std::move(one));
  return kernels;
}

/// The network in one type, lowered and tuned. Refers to itself: stays where it was made.
struct Version {
  Version(ir::Graph& network, const std::vector<ProfileRanges>& profiles, Lowered works)
      : graph(network), extents(network, profiles), lowered(std::move(works)) {}
  ir::Graph& graph;
  std::unique_ptr<ir::Graph> own;  ///< keeps `graph` where that is a copy
  Extents extents;
  Lowered lowered;
  std::optional<tune::Tuner> tuner;
  double ms = 0;
};

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
    TENON_TRY(outline(graph, config_, diag_));
    std::optional<RefitRecord> refit;
    const bool safe = config_.capability == plan::Capability::Safety;
    if (safe || config_.refit != Refit::None) {
      TENON_ASSIGN(refit, RefitRecord::of(graph, profiles, config_, diag_));
    }
    TENON_ASSIGN(const std::unique_ptr<Version> version, best_version(graph, profiles, cache));
    ir::Graph& chosen = version->graph;
    Lowered& lowered = version->lowered;
    tune::Tuner& tuner = *version->tuner;
    TENON_TRY(next());

    TENON_ASSIGN(auto kernels, choose_kernels(lowered, tuner, registry_, diag_));
    if (config_.editable_cache) tune::log_profiles(lowered.works, diag_);
    TENON_TRY(next());

    TENON_ASSIGN(Emitted emitted, emit({chosen, lowered, version->extents, profiles,
                                        std::move(kernels), tuner.reformats(), registry_, config_},
                                       diag_));
    emitted.plan.target = config_.target;
    spread(emitted);
    plan_memory(emitted.plan, emitted.aliases);
    emitted.plan.capability = config_.capability;
    TENON_TRY(check_scope(emitted.plan, diag_));
    emitted.plan.profiling_verbosity = config_.profiling_verbosity;
    emitted.plan.hardware_compatibility = config_.hardware_compatibility;
    emitted.plan.record = tune::report(chosen.name, lowered.works, lowered.ends, tuner,
                                       quantised_rows(chosen, quantised_, config_));
    if (refit) {
      refit->note_times(used_times(lowered, tuner, cache));
      TENON_ASSIGN(auto foreign, note_foreign(lowered, emitted.plan, chosen.symbols()));
      refit->note_foreign(std::move(foreign));
      (safe ? emitted.plan.network : emitted.plan.refit) = refit->write(true);
    }
    TENON_TRY(next());
    return std::move(emitted.plan);
  }

 private:
  void spread(Emitted& emitted) {
    if (!config_.target.is_gpu() || config_.refit != Refit::None) return;
    const StreamChoice choice =
        choose_streams(emitted.plan, emitted.aliases, emitted.ms, config_.aux_streams);
    if (choice.aux == 0) return;
    diag_.info(
        "steps are spread over {} streams beside the caller's: about {:.0f} us a run in place of "
        "{:.0f}",
        choice.aux, choice.beside_us, choice.alone_us);
  }

  /// The network as it is, or in a permitted type where that is faster. Untimed builds take a type
  /// that is permitted.
  Result<std::unique_ptr<Version>> best_version(ir::Graph& graph,
                                                const std::vector<ProfileRanges>& profiles,
                                                tune::TimingCache& cache) {
    std::vector<std::unique_ptr<ir::Graph>> copies;
    const bool may = config_.target.is_gpu() && config_.refit == Refit::None;
    if (!config_.permitted.empty() && !may) {
      diag_.info(
          "the network stays in f32: other types are for engines on a GPU without refitting");
    }
    for (size_t i = 0; may && i < config_.permitted.size(); ++i) {
      TENON_ASSIGN(copies.emplace_back(), graph.clone(diag_));
    }
    TENON_TRY(run_passes(graph, config_, std::nullopt, quantised_, diag_));
    TENON_TRY(next());
    TENON_ASSIGN(auto best, version_of(graph, profiles, cache));
    for (size_t i = 0; i < copies.size(); ++i) {
      TENON_TRY(run_passes(*copies[i], config_, config_.permitted[i], quantised_, diag_));
      TENON_ASSIGN(auto other, version_of(*copies[i], profiles, cache));
      const bool better = other->ms < best->ms || (config_.level == 0 && i == 0);
      diag_.info("in {} the network takes {:.4f} ms, against {:.4f} ms: it {}",
                 to_string(config_.permitted[i]), other->ms, best->ms,
                 better ? "is taken" : "is left");
      if (!better) continue;
      other->own = std::move(copies[i]);
      best = std::move(other);
    }
    return best;
  }

  /// `graph` after its passes.
  Result<std::unique_ptr<Version>> version_of(ir::Graph& graph,
                                              const std::vector<ProfileRanges>& profiles,
                                              tune::TimingCache& cache) {
    TENON_ASSIGN(Lowered lowered, lower(graph, Extents(graph, profiles), config_, diag_));
    auto made = std::make_unique<Version>(graph, profiles, std::move(lowered));
    TENON_TRY(check_scope({graph, profiles, made->lowered, registry_, config_}, diag_));
    tune::Tuner& tuner = made->tuner.emplace(registry_, reformats_, timer_, cache,
                                             tuning_options(config_, made->lowered));
    TENON_TRY(tuner.tune(made->lowered.works, config_.progress, kPhase, diag_));
    if (!config_.permitted.empty()) {
      TENON_TRY(tuner.select(made->lowered.works, made->lowered.ends, diag_));
      made->ms = tuner.chosen_ms();
    }
    return made;
  }

  Status next() {
    if (phase_.step()) return {};
    return diag_.fail(Code::Cancelled, "the build was cancelled");
  }

  /// The times that this build has used, for refits: of alternatives, and of reformats with the
  /// thread counts that are tried.
  tune::TimingCache used_times(const Lowered& lowered, tune::Tuner& tuner,
                               const tune::TimingCache& cache) {
    tune::TimingCache used(config_.target.fingerprint());
    for (const auto& work : lowered.works) {
      if (work->node->as<ops::Foreign>() != nullptr) continue;
      for (const tune::Alternative& one : work->alternatives) {
        if (one.origin == tune::TimeOrigin::None) continue;
        CollectingSink unheard;
        Diagnostics quiet(unheard);
        if (!work->candidates[one.candidate]->configure(one.configuration, quiet).ok()) continue;
        auto way = tune::way_of(*work, one);
        if (!way) continue;
        const tune::WorkKey key = tune::work_key(*work, one);
        if (const auto ms = cache.find(key, way->way)) {
          way->ms = *ms;
          used.insert(key, *way);
          if (const auto pinned = cache.pinned(key); pinned == way->way) {
            used.pin(key, way->way, *ms);
          }
        }
      }
    }
    const std::string most = fmt::format(", {} threads", tuner.options().max_threads);
    for (const auto& [description, reformat] : tuner.reformats().all()) {
      const tune::WorkKey key = tune::make_work_key(description);
      for (const tune::WorkTime& time : cache.ways(key)) {
        if (time.text.ends_with(", 1 threads") || time.text.ends_with(most)) {
          used.insert(key, time);
        }
      }
    }
    return used;
  }

  /// What the plugins of the network said, for refits.
  Result<std::vector<ForeignRecord>> note_foreign(const Lowered& lowered, const plan::Plan& plan,
                                                  const expr::SymbolTable& symbols) {
    std::vector<ForeignRecord> all;
    for (const auto& work : lowered.works) {
      const auto* foreign = work->node->as<ops::Foreign>();
      if (foreign == nullptr) continue;
      const auto same = std::ranges::count(all, work->node->name, &ForeignRecord::node);
      const auto step = std::ranges::find(plan.steps, work->node->name, &plan::Step::name);
      if (same != 0 || step == plan.steps.end()) {
        return diag_.fail(Code::Unsupported,
                          "an engine with two plugins of one name ('{}') cannot be refitted: give "
                          "them names of their own",
                          work->node->name);
      }
      const tune::Alternative& chosen = work->alternatives[work->chosen()];
      ForeignRecord& noted = all.emplace_back();
      noted.node = work->node->name;
      noted.id = foreign->op->id();
      noted.family = foreign->op->family();
      noted.description = foreign->op->describe();
      noted.shape_inputs = foreign->op->shape_input_count();
      TENON_ASSIGN(noted.sizes, size_tensors(*work->node, symbols, diag_));
      noted.configuration = chosen.configuration;
      noted.aliases = chosen.aliases;
      noted.flags = step->flags;
      noted.workspace = step->workspace_bytes;
      noted.record = step->record;
      TENON_TRY(keep_notes_alone(noted, diag_));
    }
    return all;
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
  passes::QuantisedTensors quantised_;
};

}  // namespace

Result<plan::Plan> build(ir::Graph& graph, const kernel::Registry& registry,
                         tune::ReformatSource& reformats, tune::Timer& timer,
                         const BuildConfig& config, Diagnostics& diag) {
  return Build(registry, reformats, timer, config, diag).run(graph);
}

}  // namespace tenon::builder
