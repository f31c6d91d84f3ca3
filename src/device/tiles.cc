// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two calls of the system.
#include "device/tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tenon::device {

namespace {

#if defined(__x86_64__) && defined(__linux__)
// Of arch_prctl, about components of the saved registers.
constexpr int kGetSupported = 0x1021, kRequest = 0x1023;
constexpr unsigned long kTileNumbers = 18;  // which one

bool find_tiles() noexcept {
  unsigned long components = 0;
  return syscall(SYS_arch_prctl, kGetSupported, &components) == 0 &&
         (components >> kTileNumbers & 1U) != 0;
}
bool request_tiles() noexcept { return syscall(SYS_arch_prctl, kRequest, kTileNumbers) == 0; }
#else
bool find_tiles() noexcept { return false; }
bool request_tiles() noexcept { return false; }
#endif

}  // namespace

bool tiles_are_offered() noexcept {
  static const bool offered = find_tiles();
  return offered;
}

bool allow_tiles() noexcept {
  static const bool allowed = request_tiles();
  return allowed;
}

}  // namespace tenon::device
