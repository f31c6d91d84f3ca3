// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Cache look-ups and trials.
#include "tune/measure.h"

#include <algorithm>

namespace tenon::tune {

namespace {

// Trials whose packed weights take more than this together are timed in several groups.
constexpr size_t kMostPackedBytes = size_t{512} << 20;

size_t packed_bytes(const kernel::Record& record) {
  size_t bytes = 0;
  for (const kernel::PackedBlob& blob : record.packed) bytes += blob.data.size();
  return bytes;
}

std::string reason_of(Status status, const CollectingSink& sink) {
  std::string reason = sink.errors();
  if (reason.empty()) reason = status.what != nullptr ? status.what : to_string(status.code);
  return reason;
}

/// True if the node itself finds out an extent when it runs.
bool is_open(const kernel::NodeInfo& info, const kernel::PortInfo& port) {
  const auto* foreign = std::get_if<ops::Foreign>(info.op);
  if (foreign == nullptr) return false;
  const std::vector<ops::SizeTensor> sizes = foreign->op->size_tensors();
  return std::any_of(sizes.begin(), sizes.end(), [&](const ops::SizeTensor& size) {
    return std::any_of(port.shape.begin(), port.shape.end(), [&](const expr::Expr& extent) {
      return expr::mentions(extent, size.symbol);
    });
  });
}

/// Makes and times the trials of one work.
class Trials {
 public:
  Trials(Work& work, Timer& timer, TimingCache& cache, const Effort& effort, Diagnostics& diag)
      : work_(work), timer_(timer), cache_(cache), effort_(effort), diag_(diag) {}

  void add(Alternative& one, std::optional<WorkTime> way) {
    kernel::Candidate& candidate = *work_.candidates[one.candidate];
    CollectingSink sink;
    Diagnostics diag(sink);
    auto entry = std::make_unique<Entry>();
    entry->alternative = &one;
    entry->way = std::move(way);
    auto live = candidate.load_for_timing(one.configuration, one.tactic, diag);
    if (!live.ok()) {
      one.refusal = reason_of(live.status(), sink);
      return;
    }
    entry->live = std::move(live).value();
    if (entry->live == nullptr || effort_.guard || timer_.wants_records()) {
      auto record = candidate.record(one.configuration, one.tactic, one.threads, diag);
      if (!record.ok()) {
        one.refusal = reason_of(record.status(), sink);
        if (record.status().code == Code::Unsupported) remember_refusal(*entry);
        return;
      }
      entry->record = std::move(record).value();
    }
    bytes_ += packed_bytes(entry->record);
    entries_.push_back(std::move(entry));
    if (bytes_ > kMostPackedBytes) run();
  }

  void run() {
    std::vector<Trial> trials;
    for (const auto& entry : entries_) trials.push_back(trial_of(*entry));
    const std::vector<Timing> timings = timer_.time(trials, effort_);
    for (size_t i = 0; i < entries_.size(); ++i) keep(*entries_[i], timings[i]);
    entries_.clear();
    bytes_ = 0;
  }

 private:
  struct Entry {
    Alternative* alternative = nullptr;
    std::optional<WorkTime> way;
    kernel::Record record;
    std::unique_ptr<kernel::Loaded> live;
  };

  /// The next build need not try it again.
  void remember_refusal(const Entry& entry) {
    if (!entry.way) return;
    entry.alternative->origin = TimeOrigin::Measured;
    WorkTime time = *entry.way;
    time.ms = kNeverMs;
    cache_.insert(work_key(work_, *entry.alternative), std::move(time));
  }

  [[nodiscard]] Trial trial_of(const Entry& entry) const {
    const Alternative& one = *entry.alternative;
    Trial trial;
    trial.name = work_.info.name;
    trial.record = &entry.record;
    trial.live = entry.live.get();
    for (size_t i = 0; i < work_.info.inputs.size(); ++i) {
      const kernel::PortInfo& port = work_.info.inputs[i];
      const kernel::Layout& layout = one.configuration.inputs[i].layout;
      const float scale = one.configuration.inputs[i].scale;
      TrialInput& input = trial.inputs.emplace_back();
      input.present = port.present && !one.absorbs(i);
      if (!input.present) continue;  // as at run time: neither pointer nor shape
      input.name = work_.node->input(i)->name;
      input.desc = port.opt_desc(layout);
      input.desc.scale = scale;
      input.greatest = {port.dtype, layout, port.max, scale};
      // Values in another layout would have to be moved; for timing any numbers will do.
      if (work_.samples[i] != nullptr && layout.is_linear()) {
        input.values = work_.samples[i]->bytes();
      }
    }
    for (size_t i = 0; i < work_.info.outputs.size(); ++i) {
      const kernel::PortInfo& port = work_.info.outputs[i];
      const kernel::Layout& layout = one.configuration.outputs[i].layout;
      const float scale = one.configuration.outputs[i].scale;
      trial.outputs.push_back(port.room_desc(layout));
      trial.outputs.back().scale = scale;
      trial.output_names.push_back(work_.node->output(i)->name);
      trial.open_outputs.push_back(is_open(work_.info, port) ? 1 : 0);
      trial.greatest_outputs.push_back({port.dtype, layout, port.max, scale});
    }
    for (const kernel::Alias& alias : one.aliases) {
      if (alias.required) trial.shared.emplace_back(alias.output, alias.input);
    }
    return trial;
  }

  void keep(const Entry& entry, const Timing& timing) {
    Alternative& one = *entry.alternative;
    for (const std::string& warning : timing.warnings) {
      diag_.warn("node \"{}\": {}", work_.info.name, warning);
    }
    if (!timing.status.ok()) {
      one.refusal = timing.reason;
      return;
    }
    if (timing.runs == 0) return;  // tried, not timed
    // The cache holds floats: use the number it will give back, so that this build and the next
    // decide alike.
    one.ms = static_cast<float>(timing.ms);
    one.origin = TimeOrigin::Measured;
    if (!entry.way) return;
    WorkTime time = *entry.way;
    time.ms = static_cast<float>(timing.ms);
    cache_.insert(work_key(work_, one), std::move(time));
  }

  Work& work_;
  Timer& timer_;
  TimingCache& cache_;
  Effort effort_;
  Diagnostics& diag_;
  std::vector<std::unique_ptr<Entry>> entries_;
  size_t bytes_ = 0;
};

/// Refuses what competes with a pinned alternative.
void apply_pin(Work& work, const Alternative& pinned, const WorkKey& key) {
  for (Alternative& one : work.alternatives) {
    if (!one.alive() || &one == &pinned || work_key(work, one) != key) continue;
    one.refusal = fmt::format("the timing cache is pinned to {} tactic {}, {} threads",
                              work.kernel_of(pinned), pinned.tactic, pinned.threads);
  }
}

/// Configures candidates for one alternative after the other, where they are not already.
class Configurator {
 public:
  explicit Configurator(Work& work) : work_(work) {}

  /// False when the candidate refuses, which the alternative then says.
  bool configure(Alternative& one) {
    if (last_ != nullptr && last_->candidate == one.candidate &&
        last_->configuration.inputs == one.configuration.inputs &&
        last_->configuration.outputs == one.configuration.outputs) {
      return true;
    }
    CollectingSink sink;
    Diagnostics diag(sink);
    const Status status = work_.candidates[one.candidate]->configure(one.configuration, diag);
    if (!status.ok()) one.refusal = reason_of(status, sink);
    last_ = status.ok() ? &one : nullptr;
    return status.ok();
  }

 private:
  Work& work_;
  const Alternative* last_ = nullptr;
};

/// Runs the only alternative once when it is a plugin that wants so: nobody else would see it fail
/// before a user does. The guard examines every plugin.
void try_plugin(Work& work, Timer& timer, TimingCache& cache, const Options& options,
                Diagnostics& diag) {
  const auto one = std::find_if(work.alternatives.begin(), work.alternatives.end(),
                                [](const Alternative& a) { return a.alive(); });
  if (one == work.alternatives.end()) return;
  const kernel::Candidate& candidate = *work.candidates[one->candidate];
  const bool plugin = (candidate.flags() & static_cast<uint32_t>(kernel::Flag::HostCode)) != 0;
  if (!candidate.tried_alone() && !(options.guard && plugin)) return;
  if (!Configurator(work).configure(*one)) return;
  Effort once;
  once.runs = once.most_runs = 0;
  once.budget_ms = 0;
  once.cold_weights = true;
  once.workspace_limit = options.workspace_limit;
  once.guard = options.guard;
  Trials trials(work, timer, cache, once, diag);
  trials.add(*one, std::nullopt);
  trials.run();
}

}  // namespace

Effort effort_of(const Options& options) noexcept {
  struct Row {
    int runs;
    double budget_ms;
  };
  constexpr Row kLevels[] = {{2, 0.5}, {2, 0.5}, {3, 1}, {3, 2}, {6, 10}, {12, 50}};
  const Row& row = kLevels[std::clamp(options.level, 0, 5)];
  Effort effort;
  effort.runs = std::max(row.runs, options.runs);
  effort.budget_ms = row.budget_ms;
  effort.most_runs = std::max(100, effort.runs);
  effort.cold_weights = options.cold_weights;
  effort.workspace_limit = options.workspace_limit;
  effort.guard = options.guard;
  return effort;
}

Status measure(Work& work, Timer& timer, TimingCache& cache, const Options& options,
               Diagnostics& diag) {
  if (options.level == 0 && !options.guard) return {};
  if (work.alive() <= 1 || options.level == 0) {
    try_plugin(work, timer, cache, options, diag);
    return {};
  }
  Trials trials(work, timer, cache, effort_of(options), diag);
  Configurator configurator(work);
  for (Alternative& one : work.alternatives) {
    if (!one.alive() || !configurator.configure(one)) continue;
    const std::optional<WorkTime> way = way_of(work, one);
    bool known = false;
    if (way) {
      one.way = way->way;
      const WorkKey key = work_key(work, one);
      if (cache.pinned(key) == way->way) apply_pin(work, one, key);
      const std::optional<float> ms = cache.find(key, way->way);
      known = ms.has_value();
      if (known && !options.guard) {
        one.origin = TimeOrigin::Cache;
        if (*ms < kNeverMs) {
          one.ms = *ms;
        } else {
          one.refusal = "it was refused when it was to be timed";
        }
        continue;
      }
    }
    if (options.error_on_cache_miss && !known) {
      return diag.fail(Code::NotFound,
                       "the timing cache has no time for node \"{}\", {}{}: build once without "
                       "requiring the cache, and keep it",
                       work.info.name, describe(work, one),
                       way ? "" : " (it gives no timing cache id, so its times are never kept)");
    }
    trials.add(one, way);
  }
  trials.run();
  return {};
}

}  // namespace tenon::tune
