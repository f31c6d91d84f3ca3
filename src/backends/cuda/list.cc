// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE list of kernels for GPUs, and finding the kernel of a record.
#include "backends/cuda/list.h"

#include <algorithm>
#include <iterator>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/reorder.h"

namespace tenon::cuda {

namespace {

template <const OwnKernel& kOwn>
std::unique_ptr<kernel::Candidate> create_own(const Row& row, const kernel::NodeInfo& node,
                                              const device::Target& target) {
  return make_own_candidate(row, node, target, kOwn);
}

template <const OwnKernel& kOwn>
Result<std::unique_ptr<kernel::Loaded>> load_as(const kernel::RecordView& record,
                                                Diagnostics& diag) {
  return load_own(record, kOwn, diag);
}

template <const OwnKernel& kOwn, class... Ops>
constexpr Row own_row(const char* name, decltype(Row::refuse) refuse, uint32_t version = 1) {
  return {name, version, &serves<Ops...>, refuse, &create_own<kOwn>, &load_as<kOwn>};
}

#define OWN(name, ...) own_row<name::kOwn, __VA_ARGS__>(#name, &name::refuse)
#define LIBRARY(name, ...) \
  { #name, 1, &serves < __VA_ARGS__>, &name::refuse, &name::create, &name::load }
constexpr Row kRows[] = {
    OWN(pointwise, ops::Pointwise, ops::Unary, ops::Activation, ops::ElementWise, ops::Select,
        ops::Cast, ops::ParametricRelu, ops::ScaleShift, ops::BatchNorm, ops::Bitwise),
    LIBRARY(cudnn_convolution, ops::Convolution),
    OWN(convolution, ops::Convolution),
    LIBRARY(cublas_mat_mul, ops::MatMul),
    OWN(mat_mul, ops::MatMul),
    OWN(pooling, ops::Pooling),
    OWN(softmax, ops::Softmax),
    OWN(normalization, ops::Normalization),
    OWN(reduce, ops::Reduce),
    OWN(transpose, ops::Transpose),
    OWN(slice, ops::Slice),
    OWN(expand, ops::Expand),
    OWN(concat, ops::Concat),
    OWN(pad, ops::Pad),
    OWN(slice_beyond, ops::SliceBeyond),
    OWN(gather, ops::Gather),
    OWN(non_zero, ops::NonZero),
    OWN(copy, ops::Reshape, ops::Identity, ops::Squeeze, ops::Unsqueeze),
    OWN(resize, ops::Resize),
    OWN(deconvolution, ops::Deconvolution),
    OWN(top_k, ops::TopK),
    OWN(gather_elements, ops::GatherElements),
    OWN(gather_nd, ops::GatherNd),
    OWN(scatter, ops::Scatter),
    OWN(one_hot, ops::OneHot),
    OWN(quantize, ops::Quantize),
    OWN(dequantize, ops::Dequantize),
    own_row<quant_convolution::kOwn, ops::QuantConvolution>("quant_convolution",
                                                            &quant_convolution::refuse, 2),
    OWN(quant_mat_mul, ops::QuantMatMul),
    OWN(quant_pooling, ops::QuantPooling),
    OWN(quant_sum, ops::QuantSum),
    OWN(attention_tiles, ops::Attention),
    own_row<attention::kOwn, ops::Attention>("attention", &attention::refuse, 2),
    OWN(einsum, ops::Einsum),
    OWN(cumulative, ops::Cumulative),
    OWN(non_max_suppression, ops::NonMaxSuppression),
    OWN(roi_align, ops::RoiAlign),
    OWN(reverse_sequence, ops::ReverseSequence),
    OWN(rotary_embedding, ops::RotaryEmbedding),
    OWN(kv_cache_update, ops::KvCacheUpdate),
    OWN(lrn, ops::Lrn),
    OWN(ragged_softmax, ops::RaggedSoftmax),
    OWN(grid_sample, ops::GridSample),
    LIBRARY(assertion, ops::Assertion),
    OWN(fill, ops::Fill),
    OWN(unique, ops::Unique),
    OWN(recurrent, ops::Recurrent),
    OWN(mixture_of_experts, ops::MixtureOfExperts),
    OWN(stored, ops::Cast, ops::Quantize, ops::Dequantize, ops::DynamicQuantize),
};
#undef OWN
#undef LIBRARY

}  // namespace

std::span<const Row> rows() noexcept { return kRows; }

const Row* find_row(std::string_view name) noexcept {
  const auto at = std::ranges::find(kRows, name, &Row::name);
  return at == std::end(kRows) ? nullptr : at;
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  if (record.name == kReorderName) return load_reorder(record, diag);
  if (const Row* row = find_row(record.name)) {
    if (record.version == row->version) return row->load(record, diag);
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' was built for kernel cuda/{}@{}, but this build has version {}; "
                     "build the engine anew",
                     record.node_name, record.name, record.version, row->version);
  }
  return diag.fail(Code::InvalidPlan,
                   "layer '{}' was built for kernel cuda/{}@{}, which this build has not; build "
                   "the engine anew",
                   record.node_name, record.name, record.version);
}

}  // namespace tenon::cuda
