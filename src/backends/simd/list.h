// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend: what a row says, and the functions the rows name.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "backends/simd/run/list.h"
#include "kernel/candidate.h"

namespace tenon::simd {

/// One kernel. Kernels are offered in the order of the list, the best guess first.
struct Row {
  const char* name;  ///< KernelId::name
  uint32_t version;  ///< KernelId::version
  bool (*serves)(const ops::Op& op);
  /// Why the kernel cannot compute the node, as the end of a sentence; empty when it can.
  std::string (*refuse)(const kernel::NodeInfo& node, const device::Target& target);
  std::unique_ptr<kernel::Candidate> (*create)(const Row& row, const kernel::NodeInfo& node,
                                               const device::Target& target);
};

/// THE list.
std::span<const Row> rows() noexcept;

/// Row::serves for operators of these structs.
template <class... Ops>
bool serves(const ops::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

// A kernel that is offered is a file x.cc that defines x::refuse and x::create.
#define TENON_ROW(name, version)                                                          \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target& target);         \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target);                \
  }
TENON_SIMD_KERNELS(TENON_ROW)
TENON_SIMD_TILE_KERNELS(TENON_ROW)
#undef TENON_ROW

}  // namespace tenon::simd
