// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One flag and one handler.
#include "tools/trtexec/interrupt.h"

#include <csignal>

namespace tenon::trtexec {

namespace {

volatile std::sig_atomic_t wished = 0;

}  // namespace

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { wished = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

bool interrupted() { return wished != 0; }

}  // namespace tenon::trtexec
