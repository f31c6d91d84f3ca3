// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ctrl-C as a wish to end in order: a build is given up, a measurement is reported.
#pragma once

namespace tenon::trtexec {

/// From now on the first SIGINT only sets the flag; the second ends the process as usual.
void watch_interrupts();

bool interrupted();

}  // namespace tenon::trtexec
