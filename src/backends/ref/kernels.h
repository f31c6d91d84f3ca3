// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The reference kernels: one function an operator, found by the operator's parameters.
#pragma once

#include <algorithm>

#include "backends/ref/call.h"
#include "ops/op.h"

namespace tenon::ref {

// Each computes all outputs of one node. Never allocates; fails only for data that no shape check
// can see (an index out of range, an integer divided by zero) or a type it lacks.
Status run(const ops::Activation& op, const Call& call) noexcept;
Status run(const ops::Assertion& op, const Call& call) noexcept;
Status run(const ops::Attention& op, const Call& call) noexcept;
Status run(const ops::BatchNorm& op, const Call& call) noexcept;
Status run(const ops::Bitwise& op, const Call& call) noexcept;
Status run(const ops::Cast& op, const Call& call) noexcept;
Status run(const ops::Concat& op, const Call& call) noexcept;
Status run(const ops::Convolution& op, const Call& call) noexcept;
Status run(const ops::Cumulative& op, const Call& call) noexcept;
Status run(const ops::Deconvolution& op, const Call& call) noexcept;
Status run(const ops::Dequantize& op, const Call& call) noexcept;
Status run(const ops::DynamicQuantize& op, const Call& call) noexcept;
Status run(const ops::ElementWise& op, const Call& call) noexcept;
Status run(const ops::Expand& op, const Call& call) noexcept;
Status run(const ops::Fill& op, const Call& call) noexcept;
Status run(const ops::Gather& op, const Call& call) noexcept;
Status run(const ops::GatherElements& op, const Call& call) noexcept;
Status run(const ops::GatherNd& op, const Call& call) noexcept;
Status run(const ops::GridSample& op, const Call& call) noexcept;
Status run(const ops::Identity& op, const Call& call) noexcept;
Status run(const ops::KvCacheUpdate& op, const Call& call) noexcept;
Status run(const ops::Lrn& op, const Call& call) noexcept;
Status run(const ops::MatMul& op, const Call& call) noexcept;
Status run(const ops::MixtureOfExperts& op, const Call& call) noexcept;
Status run(const ops::NonMaxSuppression& op, const Call& call) noexcept;
Status run(const ops::NonZero& op, const Call& call) noexcept;
Status run(const ops::Normalization& op, const Call& call) noexcept;
Status run(const ops::OneHot& op, const Call& call) noexcept;
Status run(const ops::Pad& op, const Call& call) noexcept;
Status run(const ops::ParametricRelu& op, const Call& call) noexcept;
Status run(const ops::Pointwise& op, const Call& call) noexcept;
Status run(const ops::Pooling& op, const Call& call) noexcept;
Status run(const ops::QuantConvolution& op, const Call& call) noexcept;
Status run(const ops::QuantMatMul& op, const Call& call) noexcept;
Status run(const ops::QuantPooling& op, const Call& call) noexcept;
Status run(const ops::QuantSum& op, const Call& call) noexcept;
Status run(const ops::Quantize& op, const Call& call) noexcept;
Status run(const ops::RaggedSoftmax& op, const Call& call) noexcept;
Status run(const ops::Recurrent& op, const Call& call) noexcept;
Status run(const ops::Reduce& op, const Call& call) noexcept;
Status run(const ops::Reshape& op, const Call& call) noexcept;
Status run(const ops::Resize& op, const Call& call) noexcept;
Status run(const ops::ReverseSequence& op, const Call& call) noexcept;
Status run(const ops::RoiAlign& op, const Call& call) noexcept;
Status run(const ops::RotaryEmbedding& op, const Call& call) noexcept;
Status run(const ops::ScaleShift& op, const Call& call) noexcept;
Status run(const ops::Scatter& op, const Call& call) noexcept;
Status run(const ops::Select& op, const Call& call) noexcept;
Status run(const ops::Shape& op, const Call& call) noexcept;
Status run(const ops::Shuffle& op, const Call& call) noexcept;
Status run(const ops::SliceBeyond& op, const Call& call) noexcept;
Status run(const ops::Softmax& op, const Call& call) noexcept;
Status run(const ops::Squeeze& op, const Call& call) noexcept;
Status run(const ops::TopK& op, const Call& call) noexcept;
Status run(const ops::Transpose& op, const Call& call) noexcept;
Status run(const ops::Unary& op, const Call& call) noexcept;
Status run(const ops::Unique& op, const Call& call) noexcept;
Status run(const ops::Unsqueeze& op, const Call& call) noexcept;
Status run(const ops::VectorProduct& op, const Call& call) noexcept;

/// Slice with its starts computed; sizes are the output's extents.
Status slice(const Dims& starts, const Dims& steps, const Call& call) noexcept;

using Descs = std::span<const kernel::TensorDesc>;

/// Scratch bytes of an operator; 0 unless an overload below says otherwise.
template <class Struct>
size_t workspace(const Struct& op, Descs inputs, Descs outputs) noexcept {
  (void)op, (void)inputs, (void)outputs;
  return 0;
}
/// One value a step.
inline size_t workspace(const ops::Pointwise& op, Descs, Descs) noexcept {
  return op.steps.size() * sizeof(double);
}
/// Extent `axis` of tensor i; 0 where there is none.
inline size_t extent_of(Descs tensors, size_t i, int axis) noexcept {
  if (i >= tensors.size() || axis >= tensors[i].dims.rank()) return 0;
  return static_cast<size_t>(std::max<int64_t>(tensors[i].dims[axis], 0));
}
/// The order of a class's boxes.
inline size_t workspace(const ops::NonMaxSuppression&, Descs inputs, Descs) noexcept {
  return extent_of(inputs, 0, 1) * sizeof(int64_t);
}
/// The scores of one query.
inline size_t workspace(const ops::Attention& op, Descs inputs, Descs) noexcept {
  const int places = op.key_form == ops::SequenceForm::Padded        ? 2
                     : op.key_form == ops::SequenceForm::PlacesFirst ? 1
                                                                     : 0;
  return extent_of(inputs, ops::kAttentionKey, places) * sizeof(double);
}
/// One token inside an expert, and what comes out.
inline size_t workspace(const ops::MixtureOfExperts&, Descs inputs, Descs) noexcept {
  return (extent_of(inputs, ops::kExpertGate, 1) + extent_of(inputs, ops::kExpertGate, 2)) *
         sizeof(double);
}
/// Order, first of each, and rank of all slices.
inline size_t workspace(const ops::Unique&, Descs, Descs outputs) noexcept {
  return 3 * extent_of(outputs, 2, 0) * sizeof(int64_t);
}
/// Hidden and cell state of one sequence before and after a step, and its gates.
inline size_t workspace(const ops::Recurrent& op, Descs, Descs) noexcept {
  return static_cast<size_t>(op.hidden) * 8 * sizeof(double);
}

}  // namespace tenon::ref
