// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE list of kernels for GPUs, and finding the kernel of a record.
#include "backends/cuda/list.h"

#include "backends/cuda/reorder.h"

namespace tenon::cuda {

namespace {

#define ROW(name, ...) \
  { #name, 1, &serves < __VA_ARGS__>, &name::refuse, &name::create, &name::load }
constexpr Row kRows[] = {
    ROW(pointwise, ops::Pointwise, ops::Unary, ops::Activation, ops::ElementWise, ops::Select,
        ops::Cast, ops::ParametricRelu, ops::ScaleShift, ops::BatchNorm, ops::Bitwise),
    ROW(cudnn_convolution, ops::Convolution),
    ROW(convolution, ops::Convolution),
    ROW(cublas_mat_mul, ops::MatMul),
    ROW(mat_mul, ops::MatMul),
    ROW(pooling, ops::Pooling),
    ROW(softmax, ops::Softmax),
    ROW(normalization, ops::Normalization),
    ROW(reduce, ops::Reduce),
    ROW(transpose, ops::Transpose),
    ROW(slice, ops::Slice),
    ROW(expand, ops::Expand),
    ROW(concat, ops::Concat),
    ROW(pad, ops::Pad),
    ROW(gather, ops::Gather),
    ROW(non_zero, ops::NonZero),
    ROW(copy, ops::Reshape, ops::Identity, ops::Squeeze, ops::Unsqueeze),
};
#undef ROW

}  // namespace

std::span<const Row> rows() noexcept { return kRows; }

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  if (record.name == kReorderName) return load_reorder(record, diag);
  for (const Row& row : kRows) {
    if (record.name != row.name) continue;
    if (record.version == row.version) return row.load(record, diag);
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' was built for kernel cuda/{}@{}, but this build has version {}; "
                     "build the engine anew",
                     record.node_name, record.name, record.version, row.version);
  }
  return diag.fail(Code::InvalidPlan,
                   "layer '{}' was built for kernel cuda/{}@{}, which this build has not; build "
                   "the engine anew",
                   record.node_name, record.name, record.version);
}

}  // namespace tenon::cuda
