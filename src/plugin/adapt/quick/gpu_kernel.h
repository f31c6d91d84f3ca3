// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A kernel inside an engine that runs on a GPU: PTX or cubin, launched by the driver.
#pragma once

#include <memory>

#include "kernel/loader.h"
#include "plugin/adapt/quick/launch.h"

namespace tenon::plugin {

/// Loads the code into the thread's current GPU and finds the entry, whose parameters are the
/// addresses of the inputs, the scalar arguments, the addresses of the outputs. Parameters beyond
/// those (compilers add scratch memory of their own) are given null. `kernel`: in words.
Result<std::unique_ptr<kernel::Loaded>> make_gpu_kernel(std::span<const std::byte> code,
                                                        const std::string& entry,
                                                        LaunchProgram launch,
                                                        const std::string& kernel,
                                                        Diagnostics& diag);

}  // namespace tenon::plugin
