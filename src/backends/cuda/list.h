// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend: what a row says, and the functions the rows name.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "kernel/candidate.h"

namespace tenon::cuda {

/// One kernel. Kernels are offered in the order of the list, the best guess first.
struct Row {
  const char* name;  ///< KernelId::name
  uint32_t version;  ///< KernelId::version
  /// True of operators that the kernel knows at all.
  bool (*serves)(const ops::Op& op);
  /// Why the kernel cannot compute the node, as the end of a sentence; empty when it can.
  std::string (*refuse)(const kernel::NodeInfo& node, const device::Target& target);
  std::unique_ptr<kernel::Candidate> (*create)(const Row& row, const kernel::NodeInfo& node,
                                               const device::Target& target);
  /// Where the GPU is the thread's current one.
  Result<std::unique_ptr<kernel::Loaded>> (*load)(const kernel::RecordView& record,
                                                  Diagnostics& diag);
};

/// THE list.
std::span<const Row> rows() noexcept;

/// The loader of family "cuda": finds the row of the record's name, or the reorder.
Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag);

/// Row::serves for operators of these structs.
template <class... Ops>
bool serves(const ops::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

/// Name and version of each kernel.
// clang-format off
#define TENON_CUDA_KERNELS(X)                                                                 \
  X(pointwise, 1) X(cudnn_convolution, 1) X(convolution, 1) X(cublas_mat_mul, 1) X(mat_mul, 1) \
  X(pooling, 1) X(softmax, 1) X(normalization, 1) X(reduce, 1) X(transpose, 1) X(slice, 1)      \
  X(expand, 1) X(concat, 1) X(pad, 1) X(gather, 1) X(non_zero, 1) X(copy, 1)
// clang-format on

// A kernel is a file x.cc that defines x::refuse, x::create and x::load.
#define TENON_ROW(name, version)                                                          \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target& target);         \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target);                \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,          \
                                               Diagnostics& diag);                        \
  }
TENON_CUDA_KERNELS(TENON_ROW)
#undef TENON_ROW

}  // namespace tenon::cuda
