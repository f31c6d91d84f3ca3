// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Drawing the bar.
#include "tools/trtexec/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/trtexec/interrupt.h"

namespace tenon::trtexec {

void ProgressBar::phaseStart(char const* phaseName, char const*, int32_t nbSteps) noexcept {
  const std::lock_guard lock(mutex_);
  phases_.push_back({phaseName, 0, std::max(nbSteps, 1)});
  draw();
}

bool ProgressBar::stepComplete(char const* phaseName, int32_t step) noexcept {
  const std::lock_guard lock(mutex_);
  for (Phase& phase : phases_) {
    if (phase.name == phaseName) phase.done = std::min(step + 1, phase.steps);
  }
  draw();
  return !interrupted();
}

void ProgressBar::phaseFinish(char const* phaseName) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(phases_, [&](const Phase& phase) { return phase.name == phaseName; });
  draw();
}

void ProgressBar::draw() {
  constexpr int kWidth = 24;
  std::string line;
  for (const Phase& phase : phases_) {
    const int filled = static_cast<int>(int64_t{phase.done} * kWidth / phase.steps);
    line += fmt::format("{}{} [{:=<{}}{: <{}}] {}/{}", line.empty() ? "" : "  ", phase.name, "",
                        filled, "", kWidth - filled, phase.done, phase.steps);
  }
  console().status(line);
}

}  // namespace tenon::trtexec
