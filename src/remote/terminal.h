// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking a person at the terminal.
#pragma once

#include <string>

#include "base/diagnostics.h"
#include "base/result.h"
#include "remote/secret.h"

namespace tenon::remote {

/// Shows `question` on the process's terminal (/dev/tty) and reads a line without echo. Fails with
/// a sentence where the process has no terminal, or nothing was typed. The terminal is as before
/// when it returns; a person may stop it with Control-C, which then ends the process.
Result<Secret> ask_on_terminal(const std::string& question, Diagnostics& diag);

}  // namespace tenon::remote
