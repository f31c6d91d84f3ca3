// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Texts and keys of works.
#include "tune/work.h"

#include <algorithm>

#include "base/hash.h"

namespace tenon::tune {

namespace {

std::string layouts(const std::vector<kernel::Port>& ports, const std::vector<int>& absorbed) {
  std::string text;
  for (size_t i = 0; i < ports.size(); ++i) {
    if (i > 0) text += ", ";
    const bool hidden = std::find(absorbed.begin(), absorbed.end(), i) != absorbed.end();
    text += hidden ? "–" : kernel::to_string(ports[i].layout);
  }
  return text;
}

/// `ports` may be null: then layouts are left out.
void append_ports(std::string& text, const std::vector<kernel::PortInfo>& infos,
                  const std::vector<kernel::Port>* ports) {
  for (size_t i = 0; i < infos.size(); ++i) {
    const kernel::PortInfo& info = infos[i];
    text += fmt::format("{}{} {} {} {} {}{};", info.present ? "" : "absent ", to_string(info.dtype),
                        to_string(info.min), to_string(info.opt), to_string(info.max),
                        ports != nullptr ? kernel::to_string((*ports)[i].layout) : "any",
                        info.constant != nullptr ? " constant" : "");
  }
}

/// Parameters in a form where equal ones are equal.
std::string parameters(const kernel::NodeInfo& info) {
  if (const auto* foreign = std::get_if<ops::Foreign>(info.op)) {
    const ops::PluginId& id = foreign->op->id();
    return fmt::format("{}/{}/{} {}", id.name, id.version, id.name_space, foreign->op->describe());
  }
  const Result<Bytes> bytes = ops::pack(*info.op);
  if (!bytes.ok()) return "name " + info.name;  // too deep to compile: nobody shares its times
  return fmt::format("{:016x}{:016x}", hash64(*bytes), hash64(*bytes, 1));
}

std::string threads_text(int threads) {
  return threads == 1 ? "1 thread" : std::to_string(threads) + " threads";
}

}  // namespace

bool Alternative::absorbs(size_t input) const noexcept {
  return std::find(absorbed.begin(), absorbed.end(), static_cast<int>(input)) != absorbed.end();
}

size_t Work::alive() const noexcept {
  return static_cast<size_t>(std::count_if(alternatives.begin(), alternatives.end(),
                                           [](const Alternative& one) { return one.alive(); }));
}

size_t Work::chosen() const noexcept {
  const auto found = std::find_if(alternatives.begin(), alternatives.end(),
                                  [](const Alternative& one) { return one.chosen; });
  return static_cast<size_t>(found - alternatives.begin());
}

std::string Work::kernel_of(const Alternative& alternative) const {
  return candidates[alternative.candidate]->id().text();
}

std::string describe(const Work& work, const Alternative& alternative) {
  return fmt::format("{} [{} -> {}] tactic {}, {}", work.kernel_of(alternative),
                     layouts(alternative.configuration.inputs, alternative.absorbed),
                     layouts(alternative.configuration.outputs, {}), alternative.tactic,
                     threads_text(alternative.threads));
}

Status fail_without_alternative(const Work& work, Diagnostics& diag) {
  std::string reasons;
  for (const Refusal& refusal : work.refusals) {
    reasons += "\n  " + refusal.who + (refusal.who.empty() ? "" : ": ") + refusal.reason;
  }
  for (const Alternative& alternative : work.alternatives) {
    reasons += "\n  " + describe(work, alternative) + ": " + alternative.refusal;
  }
  if (reasons.empty()) reasons = "\n  no backend of this build offers a kernel";
  return diag.fail(Code::Unsupported, "no kernel can compute node \"{}\" ({}):{}", work.info.name,
                   ops::name_of(*work.info.op), reasons);
}

WorkKey work_key(const Work& work, const Alternative& alternative) {
  std::string text = fmt::format("{} {};", ops::name_of(*work.info.op), parameters(work.info));
  const kernel::Configuration& layouts = alternative.configuration;
  if (work.own_times) text += fmt::format("of node {};", work.info.name);
  append_ports(text, work.info.inputs, work.own_times ? nullptr : &layouts.inputs);
  text += "->";
  append_ports(text, work.info.outputs, work.own_times ? nullptr : &layouts.outputs);
  return make_work_key(text);
}

std::optional<WorkTime> way_of(const Work& work, const Alternative& alternative) {
  const kernel::Candidate& candidate = *work.candidates[alternative.candidate];
  const std::optional<std::string> key = candidate.timing_key();
  if (!key) return std::nullopt;
  WorkTime way;
  way.text = work.own_times ? describe(work, alternative)
                            : fmt::format("{} tactic {}, {}", candidate.id().text(),
                                          alternative.tactic, threads_text(alternative.threads));
  way.way = hash64(way.text + "\n" + *key);
  return way;
}

}  // namespace tenon::tune
