// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One call of the system.
#include "device/tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tenon::device {

namespace {

bool request_tiles() noexcept {
#if defined(__x86_64__) && defined(__linux__)
  constexpr int kRequest = 0x1023;            // of arch_prctl: a component of the saved registers
  constexpr unsigned long kTileNumbers = 18;  // which one
  return syscall(SYS_arch_prctl, kRequest, kTileNumbers) == 0;
#else
  return false;
#endif
}

}  // namespace

bool allow_tiles() noexcept {
  static const bool allowed = request_tiles();
  return allowed;
}

}  // namespace tenon::device
