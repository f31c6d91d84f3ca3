// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend: what a row says, and the functions the rows name.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>

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
  Result<std::unique_ptr<kernel::Loaded>> (*load)(const kernel::RecordView& record,
                                                  Diagnostics& diag);
};

/// THE list.
std::span<const Row> rows() noexcept;

/// Row::serves for operators of these structs.
template <class... Ops>
bool serves(const ops::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

// A kernel is a file x.cc that defines x::refuse, x::create and x::load.
#define TENON_SIMD_KERNEL(name)                                                           \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target& target);         \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target);                \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,          \
                                               Diagnostics& diag);                        \
  }
TENON_SIMD_KERNEL(pointwise)
TENON_SIMD_KERNEL(convolution_rows)
TENON_SIMD_KERNEL(convolution_channels)
TENON_SIMD_KERNEL(convolution_depthwise)
TENON_SIMD_KERNEL(mat_mul_packed)
TENON_SIMD_KERNEL(mat_mul_plain)
TENON_SIMD_KERNEL(pooling)
TENON_SIMD_KERNEL(resize)
TENON_SIMD_KERNEL(softmax)
TENON_SIMD_KERNEL(reduce)
TENON_SIMD_KERNEL(copy)
TENON_SIMD_KERNEL(transpose)
TENON_SIMD_KERNEL(slice)
TENON_SIMD_KERNEL(expand)
TENON_SIMD_KERNEL(concat)
TENON_SIMD_KERNEL(pad)
TENON_SIMD_KERNEL(gather)
TENON_SIMD_KERNEL(cast)
#undef TENON_SIMD_KERNEL

}  // namespace tenon::simd
