// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A timer that measures on other machines, live or from a recording.
#pragma once

#include <memory>
#include <string_view>

#include "base/diagnostics.h"
#include "base/result.h"
#include "device/target.h"
#include "tune/timer.h"

namespace tenon::remote {

/// Stands for a machine, or several equal ones. When it is lost it says so once, in the diagnostics
/// it was made with, and every later trial fails.
class Tuner : public tune::Timer {
 public:
  /// What to build for.
  [[nodiscard]] virtual const device::Target& target() const noexcept = 0;
  /// At the end of a build that succeeded: tells what was measured, and writes the recording.
  virtual Status finish() = 0;
  [[nodiscard]] bool wants_records() const noexcept final { return true; }
};

/// Connects to what `text` names (remote/address.h), or opens the recording it names. `version` is
/// Tenon's own: workers and recordings of another are refused. Fails with a sentence. `diag`
/// outlives the tuner.
Result<std::unique_ptr<Tuner>> connect(std::string_view text, std::string_view version,
                                       Diagnostics& diag);

}  // namespace tenon::remote
