// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "kernel/candidate.h"

namespace tenon::dnnl {

/// One kernel. Kernels are offered in the order of the list.
struct Row {
  const char* name;  ///< KernelId::name
  uint32_t version;
  bool (*serves)(const ops::Op& op);
  /// Why the kernel cannot compute the node, as the end of a sentence; empty when it can.
  std::string (*refuse)(const kernel::NodeInfo& node);
  std::unique_ptr<kernel::Candidate> (*create)(const Row& row, const kernel::NodeInfo& node,
                                               const device::Target& target);
  Result<std::unique_ptr<kernel::Loaded>> (*load)(const kernel::RecordView& record,
                                                  Diagnostics& diag);
};

/// THE list.
std::span<const Row> rows() noexcept;

// Each kernel is a source file of its name.
#define TENON_ROW(name)                                                                   \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node);                                       \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target);                \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,          \
                                               Diagnostics& diag);                        \
  }
TENON_ROW(convolution)
TENON_ROW(mat_mul)
TENON_ROW(quant_convolution)
TENON_ROW(quant_mat_mul)
#undef TENON_ROW

}  // namespace tenon::dnnl
