// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running prepared steps.
#include "runtime/step_loop.h"

namespace tenon::runtime {

Status StepLoop::run(device::Stream& stream, size_t first, size_t last,
                     size_t& failed) const noexcept {
  for (size_t i = first; i < last; ++i) {
    const PreparedStep& step = steps_[i];
    kernel::RunArgs args = step.args;
    args.stream = &stream;
    if (const Status status = step.instance->run(args); !status.ok()) {
      failed = i;
      return status;
    }
  }
  return {};
}

}  // namespace tenon::runtime
