// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the safe library has in place of threads, the process' libraries and the environment.
#include "base/parallel.h"
#include "device/hostcuda.h"
#include "device/isa.h"
#include "safe/system.h"

namespace tenon {

/// Safe engines run on the caller's thread alone.
void parallel_for(int /*threads*/, int64_t count, int64_t /*grain*/, RangeFunction body,
                  void* argument) noexcept {
  if (count > 0) body(argument, 0, count);
}

}  // namespace tenon

namespace tenon::device {

uint32_t usable_isa() noexcept { return local_isa(); }

/// What was found when last looked for: a run looks for nothing.
const HostCuda* find_hostcuda() noexcept { return safe::known_hostcuda(); }

}  // namespace tenon::device
