// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Configurations × tactics × threads of every candidate.
#include "tune/enumerate.h"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::tune {

namespace {

/// Everything said, one after the other.
std::string said(const CollectingSink& sink, std::string_view otherwise) {
  std::string text;
  for (const auto& entry : sink.entries) text += (text.empty() ? "" : "; ") + entry.text;
  return text.empty() ? std::string(otherwise) : text;
}

/// Why the ports of one side do not fit the node; empty when they do.
std::string misfit(const std::vector<kernel::PortInfo>& infos,
                   const std::vector<kernel::Port>& ports, std::string_view side) {
  if (infos.size() != ports.size()) {
    return fmt::format("offers {} {}s, the node has {}", ports.size(), side, infos.size());
  }
  for (size_t i = 0; i < infos.size(); ++i) {
    if (!infos[i].present) continue;
    if (ports[i].dtype != infos[i].dtype) {
      return fmt::format("wants {} {} as {}, but it is {}: cast it in the network", side, i,
                         to_string(ports[i].dtype), to_string(infos[i].dtype));
    }
    if (!kernel::fits(ports[i].layout, infos[i].max.rank())) {
      return fmt::format("wants {} {} as {}, which a tensor of rank {} cannot be", side, i,
                         kernel::to_string(ports[i].layout), infos[i].max.rank());
    }
  }
  return {};
}

/// Why inputs with known values cannot be given in the layouts wanted; empty when they can.
std::string values_misfit(const Work& work, const Alternative& one) {
  for (size_t i = 0; i < work.info.inputs.size(); ++i) {
    const kernel::PortInfo& info = work.info.inputs[i];
    const kernel::Layout& layout = one.configuration.inputs[i].layout;
    if (!info.present || one.absorbs(i) || work.samples[i] == nullptr) continue;
    if (info.constant != nullptr ? layout.private_id != 0 : !layout.is_linear()) {
      return fmt::format("wants input {}, whose values are known, as {}", i,
                         kernel::to_string(layout));
    }
  }
  return {};
}

/// Why the outputs cannot lie where the candidate wants them; empty when they can.
std::string alias_misfit(const Work& work, const Alternative& one) {
  const auto inside = [](int i, size_t count) { return i >= 0 && static_cast<size_t>(i) < count; };
  for (const kernel::Alias& alias : one.aliases) {
    if (!inside(alias.output, work.info.outputs.size()) ||
        !inside(alias.input, work.info.inputs.size())) {
      return fmt::format("wants output {} in the memory of input {}, which there are not",
                         alias.output, alias.input);
    }
    const kernel::Port& input = one.configuration.inputs[static_cast<size_t>(alias.input)];
    const kernel::Port& output = one.configuration.outputs[static_cast<size_t>(alias.output)];
    if (alias.required && !(input == output)) {
      return fmt::format(
          "wants output {} in the memory of input {}, but their types or formats "
          "differ",
          alias.output, alias.input);
    }
  }
  return {};
}

/// Lists the alternatives of one candidate.
class Listing {
 public:
  Listing(Work& work, size_t index, int max_threads)
      : work_(work),
        candidate_(*work.candidates[index]),
        index_(index),
        max_threads_(max_threads) {}

  void list() {
    CollectingSink sink;
    Diagnostics diag(sink);
    const std::vector<kernel::Configuration> configurations = candidate_.configurations(diag);
    if (configurations.empty()) refuse(said(sink, "offers no configuration and gives no reason"));
    for (const kernel::Configuration& configuration : configurations) add(configuration);
  }

 private:
  void refuse(std::string reason) {
    work_.refusals.push_back({candidate_.id().text(), std::move(reason)});
  }

  void add(const kernel::Configuration& configuration) {
    std::string wrong = misfit(work_.info.inputs, configuration.inputs, "input");
    if (wrong.empty()) wrong = misfit(work_.info.outputs, configuration.outputs, "output");
    if (!wrong.empty()) return refuse(std::move(wrong));

    Alternative one;
    one.candidate = index_;
    one.configuration = configuration;
    CollectingSink sink;
    Diagnostics diag(sink);
    if (const Status status = candidate_.configure(configuration, diag); !status.ok()) {
      one.refusal = said(sink, to_string(status.code));
      work_.alternatives.push_back(std::move(one));
      return;
    }
    const std::vector<int32_t> tactics = candidate_.tactics();
    const std::vector<int> threads = usable_threads();
    if (threads.empty()) return;
    one.absorbed = candidate_.absorbed_inputs();
    one.aliases = candidate_.aliases();
    one.refusal = values_misfit(work_, one);
    if (one.refusal.empty()) one.refusal = alias_misfit(work_, one);
    if (tactics.empty()) one.refusal = "offers no tactic for this configuration";
    if (!one.refusal.empty()) {
      work_.alternatives.push_back(std::move(one));
      return;
    }
    for (const int32_t tactic : tactics) {
      one.tactic = tactic;
      for (const int count : threads) {
        one.threads = count;
        work_.alternatives.push_back(one);
      }
    }
  }

  std::vector<int> usable_threads() {
    const std::vector<int> offered = candidate_.thread_counts();
    std::vector<int> usable;
    for (const int count : offered) {
      if (count >= 1 && count <= max_threads_) usable.push_back(count);
    }
    if (usable.empty()) {
      refuse(fmt::format("runs on {} threads only, at most {} are allowed",
                         fmt::join(offered, " or "), max_threads_));
    }
    return usable;
  }

  Work& work_;
  kernel::Candidate& candidate_;
  size_t index_;
  int max_threads_;
};

}  // namespace

void enumerate(Work& work, const kernel::Registry& registry, const device::Target& target,
               int max_threads) {
  CollectingSink sink;
  Diagnostics diag(sink);
  work.candidates = kernel::candidates_for(registry, work.info, target, diag);
  for (const auto& entry : sink.entries) work.refusals.push_back({{}, entry.text});
  for (size_t i = 0; i < work.candidates.size(); ++i) {
    Listing(work, i, std::min(max_threads, target.cores)).list();
  }
}

}  // namespace tenon::tune
