// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Works and ends as a choice graph, and back.
#include "tune/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "kernel/foresight.h"
#include "tune/assignment.h"
#include "tune/choice.h"
#include "tune/enumerate.h"
#include "tune/measure.h"

namespace tenon::tune {

namespace {

using Layouts = std::vector<kernel::Layout>;

Layouts layouts_of(const kernel::Configuration& configuration) {
  Layouts layouts;
  for (const kernel::Port& port : configuration.inputs) layouts.push_back(port.layout);
  for (const kernel::Port& port : configuration.outputs) layouts.push_back(port.layout);
  return layouts;
}

/// What a value of the choice graph is in the network.
struct Tensor {
  const ir::Value* value;
  Dims opt, greatest;
};

/// The choice graph of works (vertices first) and ends (vertices after them).
class Selector {
 public:
  Selector(const Works& works, const std::vector<NetworkEnd>& ends, bool first_only, bool on_gpu)
      : works_(works), ends_(ends), on_gpu_(on_gpu) {
    for (const auto& work : works_) add_work(*work, first_only);
    for (const NetworkEnd& end : ends_) {
      ChoiceGraph::Vertex& vertex = graph_.vertices.emplace_back();
      for (const kernel::Layout& layout : end.allowed) vertex.options.push_back({0, {layout}});
      if (!end.is_output) make(end.value, {last_vertex(), 0}, end.opt, end.greatest);
    }
    link_readers();
  }

  [[nodiscard]] const ChoiceGraph& graph() const noexcept { return graph_; }
  [[nodiscard]] const Tensor& tensor(size_t value) const noexcept { return tensors_[value]; }
  /// The alternative behind an option of a work.
  [[nodiscard]] size_t alternative(size_t work, uint32_t option) const noexcept {
    return alternatives_[work][option];
  }

 private:
  [[nodiscard]] uint32_t last_vertex() const {
    return static_cast<uint32_t>(graph_.vertices.size() - 1);
  }

  /// One option a combination of layouts: the fastest alternative that has it.
  void add_work(const Work& work, bool first_only) {
    ChoiceGraph::Vertex& vertex = graph_.vertices.emplace_back();
    std::vector<size_t>& chosen = alternatives_.emplace_back();
    for (size_t i = 0; i < work.alternatives.size(); ++i) {
      const Alternative& one = work.alternatives[i];
      if (!one.alive()) continue;
      const Layouts layouts = layouts_of(one.configuration);
      const auto same = std::find_if(vertex.options.begin(), vertex.options.end(),
                                     [&](const auto& option) { return option.ports == layouts; });
      const auto at = static_cast<size_t>(same - vertex.options.begin());
      const double ms = one.ms + price_of_allocating(work, one);
      if (same == vertex.options.end()) {
        vertex.options.push_back({ms, layouts});
        chosen.push_back(i);
      } else if (ms < same->ms) {
        same->ms = ms;
        chosen[at] = i;
      }
      if (first_only) break;
    }
    const auto inputs = static_cast<uint32_t>(work.info.inputs.size());
    for (uint32_t k = 0; k < work.info.outputs.size(); ++k) {
      const kernel::PortInfo& port = work.info.outputs[k];
      make(work.node->output(k), {last_vertex(), inputs + k}, port.opt, port.max);
    }
  }

  /// A library that allocates while running must save more than this, in milliseconds, to be taken:
  /// small networks then run without it, and never open it. On a GPU what it allocates while it is
  /// queued costs the run nothing.
  [[nodiscard]] double price_of_allocating(const Work& work, const Alternative& one) const {
    constexpr double kPrice = 0.02;
    if (on_gpu_) return 0;
    const uint32_t flags = work.candidates[one.candidate]->flags();
    return (flags & static_cast<uint32_t>(kernel::Flag::Allocates)) != 0 ? kPrice : 0;
  }

  void make(const ir::Value* value, ChoiceGraph::Link from, const Dims& opt, const Dims& greatest) {
    index_[value] = graph_.values.size();
    graph_.values.push_back({from, {}});
    tensors_.push_back({value, opt, greatest});
  }

  void link_readers() {
    for (uint32_t w = 0; w < works_.size(); ++w) {
      const std::vector<ir::Value*>& inputs = works_[w]->node->inputs();
      for (uint32_t i = 0; i < inputs.size(); ++i) read(inputs[i], {w, i});
    }
    for (uint32_t e = 0; e < ends_.size(); ++e) {
      const auto vertex = static_cast<uint32_t>(works_.size()) + e;
      if (ends_[e].is_output) read(ends_[e].value, {vertex, 0});
    }
  }

  /// Constants and content are made in whatever layout is wanted: nobody pays for them here.
  void read(const ir::Value* value, ChoiceGraph::Link reader) {
    const auto found = index_.find(value);
    if (found != index_.end()) graph_.values[found->second].to.push_back(reader);
  }

  const Works& works_;
  const std::vector<NetworkEnd>& ends_;
  bool on_gpu_;
  ChoiceGraph graph_;
  std::vector<Tensor> tensors_;
  std::vector<std::vector<size_t>> alternatives_;
  std::unordered_map<const ir::Value*, size_t> index_;
};

/// Whether a reformat of `value` to `to` would stand at an end that forbids it.
bool is_forbidden(const std::vector<NetworkEnd>& ends, const ir::Value* value,
                  const kernel::Layout& to) {
  return std::any_of(ends.begin(), ends.end(), [&](const NetworkEnd& end) {
    if (!end.direct || end.value != value) return false;
    return !end.is_output ||
           std::find(end.allowed.begin(), end.allowed.end(), to) != end.allowed.end();
  });
}

/// Leaves out the kernels of some families.
void leave_out(Work& work, const std::vector<std::string>& families) {
  for (Alternative& one : work.alternatives) {
    const std::string family = work.candidates[one.candidate]->id().family;
    if (!one.alive() || std::find(families.begin(), families.end(), family) == families.end()) {
      continue;
    }
    one.refusal = fmt::format("the build route leaves kernels of {} out", family);
  }
}

/// Leaves out the kernels of all families but some.
void keep_only(Work& work, const std::vector<std::string>& families) {
  for (Alternative& one : work.alternatives) {
    const std::string family = work.candidates[one.candidate]->id().family;
    if (!one.alive() || std::find(families.begin(), families.end(), family) != families.end()) {
      continue;
    }
    one.refusal = fmt::format("the engine holds kernels of {} alone", fmt::join(families, " and "));
  }
}

/// Leaves out what is beyond the limit, in the order of the backends' lists.
void limit_ways(Work& work, int most) {
  for (Alternative& one : work.alternatives) {
    if (!one.alive()) continue;
    if (most == 0) one.refusal = "it is beyond the number of tactics that the build may consider";
    most -= most > 0 ? 1 : 0;
  }
}

/// Says of which alternatives records will be wanted: those whose times are not known.
void foresee_trials(const Work& work, const TimingCache& cache) {
  for (const Alternative& one : work.alternatives) {
    kernel::Candidate& candidate = *work.candidates[one.candidate];
    if (!one.alive() || dynamic_cast<kernel::Foresight*>(&candidate) == nullptr) continue;
    const std::optional<WorkTime> way = way_of(work, one);
    if (way && cache.find(work_key(work, one), way->way)) continue;
    kernel::foresee(candidate, one.configuration);
  }
}

/// Names the first reformat that a choice would need and that cannot be had.
Status explain_impossible(const Selector& selector, const std::vector<NetworkEnd>& ends,
                          Reformats& reformats, const std::vector<uint32_t>& choice,
                          Diagnostics& diag) {
  const ChoiceGraph& graph = selector.graph();
  const auto layout = [&](const ChoiceGraph::Link& link) {
    return graph.vertices[link.vertex].options[choice[link.vertex]].ports[link.port];
  };
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const Tensor& tensor = selector.tensor(v);
    const kernel::Layout from = layout(graph.values[v].from);
    for (const ChoiceGraph::Link& reader : graph.values[v].to) {
      const kernel::Layout to = layout(reader);
      if (from == to) continue;
      if (is_forbidden(ends, tensor.value, to)) {
        return diag.fail(Code::Unsupported,
                         "tensor \"{}\" would be reformatted from {} to {} at the border of the "
                         "network, which direct input and output forbid: allow another format, or "
                         "the reformat",
                         tensor.value->name, kernel::to_string(from), kernel::to_string(to));
      }
      const Reformat& reformat =
          reformats.find(tensor.value->dtype(), tensor.opt, tensor.greatest, from, to);
      if (reformat.refusal.empty()) continue;
      return diag.fail(Code::Unsupported,
                       "tensor \"{}\" ({}) is made as {} and read as {}, and there is no kernel "
                       "that brings it there: {}",
                       tensor.value->name, to_string(tensor.value->dtype()),
                       kernel::to_string(from), kernel::to_string(to), reformat.refusal);
    }
  }
  return diag.fail(Code::Unsupported, "no choice of kernels fits together");
}

}  // namespace

Status Tuner::tune(Works& works, Progress* progress, std::string_view parent, Diagnostics& diag) {
  Phase phase(progress, "Tuning", parent, static_cast<int>(works.size()));
  for (const auto& work : works) {
    work->own_times = options_.editable_cache;
    enumerate(*work, registry_, options_.target, options_.max_threads);
    if (!options_.only.empty()) keep_only(*work, options_.only);
    if (!options_.left_out.empty()) leave_out(*work, options_.left_out);
    if (options_.max_tactics > 0) limit_ways(*work, options_.max_tactics);
    if (options_.target.is_gpu()) foresee_trials(*work, cache_);
  }
  for (const auto& work : works) {
    if (work->alive() > 0) TENON_TRY(measure(*work, timer_, cache_, options_, diag));
    TENON_TRY(timer_.lost());
    if (work->alive() == 0) return fail_without_alternative(*work, diag);
    for (const Alternative& one : work->alternatives) {
      if (!one.alive()) {
        diag.verbose("{}: {}: left out: {}", work->info.name, describe(*work, one), one.refusal);
      } else if (one.origin != TimeOrigin::None) {
        diag.verbose("{}: {}: {:.4f} ms{}", work->info.name, describe(*work, one), one.ms,
                     one.origin == TimeOrigin::Cache ? " (from the timing cache)" : "");
      }
    }
    if (!phase.step()) {
      return diag.fail(Code::Cancelled, "the build was cancelled while tuning node \"{}\"",
                       work->info.name);
    }
  }
  return {};
}

Status Tuner::select(Works& works, std::vector<NetworkEnd>& ends, Diagnostics& diag) {
  for (const auto& work : works) {
    if (work->alive() == 0) return fail_without_alternative(*work, diag);
  }
  const Selector selector(works, ends, options_.level == 0, options_.target.is_gpu());
  const ReformatCost cost = [&](size_t value, const kernel::Layout& from,
                                const kernel::Layout& to) {
    const Tensor& tensor = selector.tensor(value);
    if (is_forbidden(ends, tensor.value, to)) return kImpossible;
    const Reformat& reformat =
        reformats_.find(tensor.value->dtype(), tensor.opt, tensor.greatest, from, to);
    return reformat.refusal.empty() ? reformat.ms : kImpossible;
  };
  const std::vector<uint32_t> choice = choose(selector.graph(), cost);
  TENON_TRY(timer_.lost());
  if (!reformats_.cache_miss().empty()) {
    return diag.fail(Code::NotFound,
                     "the timing cache has no time for {}: build once without requiring the cache, "
                     "and keep it",
                     reformats_.cache_miss());
  }
  chosen_ms_ = cost_of(selector.graph(), cost, choice);
  if (chosen_ms_ == kImpossible) {
    return explain_impossible(selector, ends, reformats_, choice, diag);
  }
  for (size_t w = 0; w < works.size(); ++w) {
    for (Alternative& one : works[w]->alternatives) one.chosen = false;
    Alternative& chosen = works[w]->alternatives[selector.alternative(w, choice[w])];
    chosen.chosen = true;
    if (!options_.target.is_gpu()) continue;
    kernel::foresee(*works[w]->candidates[chosen.candidate], chosen.configuration);
  }
  for (size_t e = 0; e < ends.size(); ++e) {
    ends[e].chosen = ends[e].allowed[choice[works.size() + e]];
  }
  return {};
}

}  // namespace tenon::tune
