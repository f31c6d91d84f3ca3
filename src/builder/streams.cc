// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A step goes where it can begin first.
#include "builder/streams.h"

#include <algorithm>

#include "plan/format.h"

namespace tenon::builder {

namespace {

using plan::kNoTensor;

constexpr uint32_t kMostByDefault = 3;
constexpr double kLaunchUs = 3;    // of a step beside the bytes that it moves
constexpr double kHandOverUs = 2;  // from a step to one of another stream
constexpr double kFillsUs = 30;    // a kernel of this length is taken to fill the GPU
constexpr double kLeastGainUs = 5, kLeastGain = 0.05;

using Needs = std::vector<std::vector<uint32_t>>;

/// By step: those that it must come behind.
Needs needs_of(const plan::Plan& plan, StepAliases aliases) {
  std::vector<uint32_t> writer(plan.tensors.size(), plan::kNoStep);
  std::vector<std::vector<uint32_t>> readers(plan.tensors.size());
  Needs needs(plan.steps.size());
  for (uint32_t s = 0; s < plan.steps.size(); ++s) {
    const plan::Step& step = plan.steps[s];
    for (const uint32_t t : step.inputs) {
      if (t != kNoTensor && writer[t] != plan::kNoStep) needs[s].push_back(writer[t]);
    }
    for (const kernel::Alias& alias : aliases[s]) {
      const uint32_t over = step.inputs[static_cast<size_t>(alias.input)];
      if (!alias.required || over == kNoTensor) continue;
      needs[s].insert(needs[s].end(), readers[over].begin(), readers[over].end());
    }
    for (const uint32_t t : step.inputs) {
      if (t != kNoTensor) readers[t].push_back(s);
    }
    for (const uint32_t t : step.outputs) {
      if (t != kNoTensor) writer[t] = s;
    }
    std::ranges::sort(needs[s]);
    needs[s].erase(std::unique(needs[s].begin(), needs[s].end()), needs[s].end());
    std::erase(needs[s], s);
  }
  return needs;
}

/// Microseconds, as measured or by the bytes that are moved.
std::vector<double> costs_of(const plan::Plan& plan, std::span<const double> ms) {
  const auto rate = static_cast<double>(std::max<uint64_t>(plan.target.gpu.memory_bytes_per_ms, 1));
  std::vector<double> costs;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    if (s < ms.size() && ms[s] > 0) {
      costs.push_back(ms[s] * 1000);
      continue;
    }
    uint64_t bytes = 0;
    for (const auto* ports : {&plan.steps[s].inputs, &plan.steps[s].outputs}) {
      for (const uint32_t t : *ports) bytes += t == kNoTensor ? 0 : plan.tensors[t].bytes;
    }
    costs.push_back(kLaunchUs + static_cast<double>(bytes) / rate * 1000);
  }
  return costs;
}

/// Steps put on streams one after the other.
class Spread {
 public:
  /// `wide`: kernels of kFillsUs share the GPU with nothing.
  Spread(const plan::Plan& plan, const Needs& needs, const std::vector<double>& costs,
         uint32_t most, bool wide)
      : stream_(plan.steps.size()), done_(plan.steps.size()), free_(most + 1) {
    constexpr auto kCapturable = static_cast<uint32_t>(kernel::Flag::Capturable);
    for (size_t s = 0; s < stream_.size(); ++s) {
      if (wide && costs[s] >= kFillsUs) {
        std::ranges::fill(free_, *std::ranges::max_element(free_) + costs[s]);
        done_[s] = free_[0];
        continue;
      }
      const bool free = (plan.steps[s].flags & kCapturable) != 0;
      place(s, needs[s], costs[s], free ? free_.size() : 1);
    }
  }

  [[nodiscard]] double length() const { return *std::ranges::max_element(free_); }
  [[nodiscard]] uint32_t stream(size_t step) const { return stream_[step]; }

 private:
  void place(size_t step, const std::vector<uint32_t>& needs, double cost, size_t streams) {
    double best = 0;
    uint32_t at = 0;
    for (uint32_t k = 0; k < streams; ++k) {
      double start = free_[k];
      for (const uint32_t before : needs) {
        start = std::max(start, done_[before] + (stream_[before] == k ? 0 : kHandOverUs));
      }
      // Another stream than the first must be worth a hand-over.
      if (k != 0 && start >= best - (at == 0 ? kHandOverUs : 0)) continue;
      best = start;
      at = k;
    }
    stream_[step] = at;
    done_[step] = free_[at] = best + cost;
  }

  std::vector<uint32_t> stream_;
  std::vector<double> done_, free_;  ///< when a step is, and when a stream
};

}  // namespace

StreamChoice choose_streams(plan::Plan& plan, StepAliases aliases, std::span<const double> ms,
                            int most) {
  StreamChoice choice;
  for (plan::Step& step : plan.steps) step.stream = 0;
  if (most == 0 || plan.steps.empty()) return choice;
  const bool by_default = most < 0;
  const uint32_t limit =
      by_default ? kMostByDefault : std::min(static_cast<uint32_t>(most), plan::kMaxAuxStreams);
  const std::vector<double> costs = costs_of(plan, ms);
  const Spread spread(plan, needs_of(plan, aliases), costs, limit, by_default);
  for (const double cost : costs) choice.alone_us += cost;
  choice.beside_us = spread.length();
  const double gain = choice.alone_us - choice.beside_us;
  if (by_default ? gain < std::max(kLeastGainUs, kLeastGain * choice.alone_us) : gain <= 0) {
    choice.beside_us = choice.alone_us;
    return choice;
  }
  // Numbers without gaps, in the order of first use.
  std::vector<uint32_t> number(limit + 1, 0);
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    const uint32_t k = spread.stream(s);
    if (k != 0 && number[k] == 0) number[k] = ++choice.aux;
    plan.steps[s].stream = number[k];
  }
  return choice;
}

StepOrder::StepOrder(const plan::Plan& plan, StepAliases aliases)
    : words_((plan.steps.size() + 63) / 64), done_(words_ * plan.steps.size()) {
  const Needs needs = needs_of(plan, aliases);
  std::vector<uint32_t> last(plan::kMaxAuxStreams + 1, plan::kNoStep);
  for (uint32_t s = 0; s < plan.steps.size(); ++s) {
    const auto follow = [&](uint32_t before) {
      for (size_t w = 0; w < words_; ++w) done_[s * words_ + w] |= done_[before * words_ + w];
      done_[s * words_ + before / 64] |= uint64_t{1} << (before % 64);
    };
    for (const uint32_t before : needs[s]) follow(before);
    uint32_t& previous = last[plan.steps[s].stream];
    if (previous != plan::kNoStep) follow(previous);
    previous = s;
  }
}

}  // namespace tenon::builder
