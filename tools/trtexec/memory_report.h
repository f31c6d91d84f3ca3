// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The process's memory, stage by stage.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// With --monitorMemory: a line with the memory that the process has now and had at most.
void report_memory(const Options& options, const char* stage);

}  // namespace tenon::trtexec
