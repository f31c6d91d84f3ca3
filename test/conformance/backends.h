// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The backends this program was built with: where they are named, once.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/registry.h"

namespace tenon::conformance {

struct Backend {
  std::string name;
  void (*register_kernels)(kernel::Registry& registry);
  /// Names of all kernels it can offer.
  std::vector<std::string> kernels;
  /// Kernels that no case covers, each with the reason: backends/<name>/gaps.h.
  std::vector<std::pair<std::string, std::string>> gaps;
  /// Where its kernels run.
  device::Kind device = device::Kind::Cpu;
};

/// The judge first, then every backend built in.
const std::vector<Backend>& backends();

}  // namespace tenon::conformance
