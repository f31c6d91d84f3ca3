// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A kernel that was compiled ahead of time, as an engine keeps it.
#pragma once

#include <string>

#include "plugin/adapt/quick/launch.h"

namespace tenon::plugin {

struct QuickKernel {
  std::string name;  ///< of its entry
  Bytes code;        ///< a shared object; for GPUs a cubin or PTX
  LaunchProgram launch;
};

Bytes pack(const QuickKernel& kernel);

/// The same, viewing a record. Trusts nothing; `symbols` as for read_launch.
struct QuickKernelView {
  std::string_view name;
  std::span<const std::byte> code;
  LaunchProgram launch;
};
Result<QuickKernelView> unpack_kernel(std::span<const std::byte> bytes, size_t symbols);

}  // namespace tenon::plugin
