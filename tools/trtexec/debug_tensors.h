// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing tensors inside a network to files.
#pragma once

#include "tools/trtexec/session.h"

namespace tenon::trtexec {

/// One run of the session for --saveDebugTensors and --saveAllDebugTensors, if either was given.
/// Raw files and named ones hold the elements row-major; numpy files are ".npy", of other types as
/// float32; string files are text; the summary is tensor_summary.json, one object a tensor. All go
/// to the current folder, numbered in the order of the run. Throws Failure.
void save_debug_tensors(Session& session, const Options& options);

}  // namespace tenon::trtexec
