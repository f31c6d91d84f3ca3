// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend: what a row says, and the functions the rows name.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

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

/// The row of this name; null when there is none.
const Row* find_row(std::string_view name) noexcept;

/// The loader of family "cuda": finds the row of the record's name, or the reorder.
Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag);

/// Row::serves for operators of these structs.
template <class... Ops>
bool serves(const ops::Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

struct OwnKernel;

/// What each kernel is. Of own ones, x::kOwn says the rest (own_kernel.h); those of libraries, and
/// what is no kernel, define x::create and x::load.
// clang-format off
#define TENON_CUDA_OWN_KERNELS(X)                                                             \
  X(pointwise) X(convolution) X(mat_mul) X(pooling) X(softmax) X(normalization) X(reduce)     \
  X(transpose) X(slice) X(expand) X(concat) X(pad) X(slice_beyond) X(gather) X(non_zero)      \
  X(copy) X(resize) X(deconvolution) X(top_k) X(gather_elements) X(gather_nd) X(scatter)      \
  X(one_hot) X(quantize) X(dequantize) X(quant_convolution) X(quant_mat_mul)                  \
  X(quant_pooling) X(quant_sum) X(attention_tiles) X(attention) X(einsum) X(cumulative)       \
  X(non_max_suppression)                                                                      \
  X(roi_align) X(reverse_sequence) X(rotary_embedding) X(kv_cache_update) X(lrn)              \
  X(ragged_softmax) X(grid_sample) X(fill) X(unique) X(recurrent) X(mixture_of_experts)       \
  X(stored)
#define TENON_CUDA_LIBRARY_KERNELS(X) X(cudnn_convolution) X(cublas_mat_mul) X(assertion)
// clang-format on

// A kernel is a file x.cc that defines x::refuse and what is said above.
#define TENON_OWN(name)                                                           \
  namespace name {                                                                \
  std::string refuse(const kernel::NodeInfo& node, const device::Target& target); \
  extern const OwnKernel kOwn;                                                    \
  }
#define TENON_LIBRARY(name)                                                               \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target& target);         \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target);                \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,          \
                                               Diagnostics& diag);                        \
  }
TENON_CUDA_OWN_KERNELS(TENON_OWN)
TENON_CUDA_LIBRARY_KERNELS(TENON_LIBRARY)
#undef TENON_OWN
#undef TENON_LIBRARY

}  // namespace tenon::cuda
