// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times kernels on one other machine, or on several equal ones that share the work.
#pragma once

#include <memory>
#include <vector>

#include "remote/session.h"
#include "remote/tuner.h"

namespace tenon::remote {

using Sessions = std::vector<std::unique_ptr<Session>>;

/// Trials of one call are dealt out among the machines, which work side by side.
class RemoteTimer final : public Tuner {
 public:
  /// Opens all sessions, at least one. Refuses, naming both, machines that are not of one kind.
  static Result<std::unique_ptr<RemoteTimer>> open(Sessions sessions, Diagnostics& diag);

  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort& effort) override;
  [[nodiscard]] Status lost() const noexcept override { return lost_; }
  [[nodiscard]] const device::Target& target() const noexcept override {
    return sessions_[0]->target();
  }
  Status finish() override;

 private:
  RemoteTimer(Sessions sessions, Diagnostics& diag) : sessions_(std::move(sessions)), diag_(diag) {}

  Sessions sessions_;
  Diagnostics& diag_;
  Status lost_;
  size_t calls_ = 0, trials_ = 0;
  double seconds_ = 0;
};

}  // namespace tenon::remote
