// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Working out the schedule of an engine.
#include "session/schedule.h"

#include <algorithm>
#include <map>

namespace tenon::session {

namespace {

using plan::kNoStep;
using plan::kNoTensor;
using plan::Place;
using plan::SymbolSource;

/// Numbers of steps, rising.
using Steps = std::vector<uint32_t>;

void insert(Steps& steps, uint32_t step) {
  const auto at = std::lower_bound(steps.begin(), steps.end(), step);
  if (at == steps.end() || *at != step) steps.insert(at, step);
}

bool is_plugin(const plan::StepView& step) {
  return !step.plugin.empty() || step.family.starts_with("plugin.");
}

class Scheduler {
 public:
  explicit Scheduler(const plan::View& plan) : plan_(plan) {}

  Result<Schedule> run(Diagnostics& diag) {
    list_slots();
    list_io();
    list_symbols();
    place_steps();
    TENON_TRY(place_contents(diag));
    for (auto& [before, action] : actions_) {
      action.before = before;
      out_.actions.push_back(std::move(action));
    }
    return std::move(out_);
  }

 private:
  void list_slots() {
    for (size_t i = 0; i < plan_.step_count(); ++i) {
      const plan::StepView step = plan_.step(i);
      out_.steps.push_back({static_cast<uint32_t>(out_.slots.size()),
                            static_cast<uint32_t>(step.inputs.size()),
                            static_cast<uint32_t>(step.outputs.size())});
      out_.slots.insert(out_.slots.end(), step.inputs.begin(), step.inputs.end());
      out_.slots.insert(out_.slots.end(), step.outputs.begin(), step.outputs.end());
      if (is_plugin(step)) out_.plugin_steps.push_back(static_cast<uint32_t>(i));
    }
  }

  void list_io() {
    out_.io_of.assign(plan_.tensor_count(), kNoTensor);
    uint32_t io = 0;
    for (const uint32_t tensor : plan_.inputs()) out_.io_of[tensor] = io++;
    for (const uint32_t tensor : plan_.outputs()) out_.io_of[tensor] = io++;
    out_.io_slots.resize(io);
    for (size_t slot = 0; slot < out_.slots.size(); ++slot) {
      const uint32_t tensor = out_.slots[slot];
      if (tensor == kNoTensor || out_.io_of[tensor] == kNoTensor) continue;
      out_.io_slots[out_.io_of[tensor]].push_back(static_cast<uint32_t>(slot));
    }
  }

  void list_symbols() {
    out_.extents.resize(plan_.inputs().size());
    out_.elements.resize(plan_.inputs().size());
    settled_after_.resize(plan_.symbol_count());
    for (uint32_t i = 0; i < plan_.symbol_count(); ++i) {
      const plan::SymbolView symbol = plan_.symbol(i);
      if (symbol.source == SymbolSource::SizeTensor) {
        out_.size_symbols.push_back(i);
        actions_[symbol.step + 1].sizes.push_back(i);
        settled_after_[i] = sizes_in(symbol.upper);
        insert(settled_after_[i], symbol.step);
      } else {
        const uint32_t io = out_.io_of[symbol.tensor];
        auto& list = symbol.source == SymbolSource::InputExtent ? out_.extents : out_.elements;
        list[io].push_back({i, symbol.axis});
      }
    }
  }

  /// Steps that write the sizes that a code depends on.
  Steps sizes_in(std::span<const int64_t> code) const {
    Steps steps;
    for_each_symbol(code, [&](uint32_t symbol) {
      for (const uint32_t step : settled_after_[symbol]) insert(steps, step);
    });
    return steps;
  }

  Steps sizes_in(const plan::CodeList& codes) const {
    Steps steps;
    for (size_t i = 0; i < codes.size(); ++i) {
      for (const uint32_t step : sizes_in(codes[i])) insert(steps, step);
    }
    return steps;
  }

  /// A step is told its shapes before the run, or as soon as the last size before it is known.
  void place_steps() {
    for (uint32_t i = 0; i < out_.steps.size(); ++i) {
      size_t ready = 0;
      const auto& at = out_.steps[i];
      for (uint32_t slot = 0; !out_.size_symbols.empty() && slot < at.inputs + at.outputs; ++slot) {
        const uint32_t tensor = out_.slots[at.first + slot];
        if (tensor == kNoTensor) continue;
        for (const uint32_t writer : sizes_in(plan_.tensor(tensor).shape)) {
          if (writer < i) ready = std::max(ready, size_t{writer} + 1);
        }
      }
      if (ready == 0) {
        out_.fixed_steps.push_back(i);
        if (is_plugin(plan_.step(i))) out_.fixed_plugin_steps.push_back(i);
      } else {
        actions_[ready].steps.push_back(i);
      }
    }
  }

  /// Content is written just before its first reader, for its memory may be another's until then.
  Status place_contents(Diagnostics& diag) {
    std::vector<uint32_t> first_reader(plan_.tensor_count(), kNoStep);
    for (uint32_t i = 0; i < out_.steps.size(); ++i) {
      for (const uint32_t tensor : plan_.step(i).inputs) {
        if (tensor != kNoTensor && first_reader[tensor] == kNoStep) first_reader[tensor] = i;
      }
    }
    for (uint32_t i = 0; i < plan_.tensor_count(); ++i) {
      const plan::TensorView tensor = plan_.tensor(i);
      const bool ours = tensor.place == Place::Arena || tensor.place == Place::Output;
      if (tensor.content.empty() || tensor.producer != kNoStep || !ours) continue;
      const bool read = first_reader[i] != kNoStep;
      if (!read && tensor.place == Place::Arena) continue;
      const size_t before = read ? first_reader[i] : out_.steps.size();
      const Steps sizes = sizes_in(tensor.content);
      if (!sizes.empty() && sizes.back() >= before) {
        return diag.fail(Code::InvalidPlan,
                         "tensor '{}' is computed from a size that is not known before it is read",
                         tensor.name);
      }
      actions_[before].contents.push_back(i);
    }
    return {};
  }

  const plan::View& plan_;
  Schedule out_;
  std::map<size_t, Action> actions_;
  std::vector<Steps> settled_after_;  ///< symbol -> steps that write the sizes it depends on
};

}  // namespace

Result<Schedule> make_schedule(const plan::View& plan, Diagnostics& diag) {
  return Scheduler(plan).run(diag);
}

}  // namespace tenon::session
