// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a long build tells how far it is, and is told to stop.
#pragma once

#include <string_view>

namespace tenon::tune {

/// Phases nest: `parent` is the name of an open phase, or empty. Called on the building thread. The
/// strings live as long as the call.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void start(std::string_view phase, std::string_view parent, int steps) = 0;
  /// Step number `step` (from 0) of an open phase is done. False cancels the build.
  virtual bool step(std::string_view phase, int step) = 0;
  virtual void finish(std::string_view phase) = 0;
};

/// A phase that finishes when it leaves scope. `progress` may be null.
class Phase {
 public:
  Phase(Progress* progress, std::string_view name, std::string_view parent, int steps)
      : progress_(progress), name_(name) {
    if (progress_ != nullptr) progress_->start(name_, parent, steps);
  }
  ~Phase() {
    if (progress_ != nullptr) progress_->finish(name_);
  }
  Phase(const Phase&) = delete;
  Phase& operator=(const Phase&) = delete;
  /// Reports the next step; false when the build is to stop.
  [[nodiscard]] bool step() { return progress_ == nullptr || progress_->step(name_, next_++); }

 private:
  Progress* progress_;
  std::string_view name_;
  int next_ = 0;
};

}  // namespace tenon::tune
