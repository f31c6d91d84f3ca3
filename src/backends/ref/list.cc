// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list, in the order of ops.def. Foreign is missing: a plugin brings its own kernels.
#include "backends/ref/list.h"

#include "backends/ref/attention.h"
#include "backends/ref/constant_kernel.h"
#include "backends/ref/einsum_kernel.h"
#include "backends/ref/op_kernel.h"
#include "backends/ref/slice_kernel.h"

namespace tenon::ref {

std::span<const Row> kernels() {
  static const Row kRows[] = {
      row<ops::Activation>("activation", kNumbers),
      row<ops::Assertion>("assertion", types(DType::Bool)),
      row<ops::Attention>("attention", kFloats | types(DType::Bool, DType::I32), needs_lengths),
      row<ops::BatchNorm>("batch_norm", kFloats),
      row<ops::Bitwise>("bitwise", kNumbers & ~kFloats),
      row<ops::Cast>("cast", kAll),
      row<ops::Concat>("concat", kAll),
      constant_row(),
      row<ops::Convolution>("convolution", kFloats),
      row<ops::Cumulative>("cumulative", kNumbers),
      row<ops::Deconvolution>("deconvolution", kFloats),
      row<ops::Dequantize>("dequantize", kNumbers),
      einsum_row(),
      row<ops::ElementWise>("element_wise", kAll),
      row<ops::Expand>("expand", kAll),
      row<ops::Fill>("fill", kAll),
      row<ops::Gather>("gather", kAll),
      row<ops::GatherElements>("gather_elements", kAll),
      row<ops::GatherNd>("gather_nd", kAll),
      row<ops::GridSample>("grid_sample", kFloats),
      row<ops::Identity>("identity", kAll),
      row<ops::KvCacheUpdate>("kv_cache_update", kAll, needs_lengths),
      row<ops::Lrn>("lrn", kFloats),
      row<ops::MatMul>("mat_mul", kNumbers),
      row<ops::MixtureOfExperts>("mixture_of_experts", kFloats | types(DType::I32), needs_weights),
      row<ops::NonMaxSuppression>("non_max_suppression", kNumbers),
      row<ops::NonZero>("non_zero", kAll),
      row<ops::Normalization>("normalization", kFloats),
      row<ops::OneHot>("one_hot", kAll),
      row<ops::Pad>("pad", kAll),
      row<ops::ParametricRelu>("parametric_relu", kNumbers),
      row<ops::Pointwise>("pointwise", types(DType::F32)),
      row<ops::Pooling>("pooling", kNumbers),
      row<ops::Quantize>("quantize", kNumbers),
      row<ops::RaggedSoftmax>("ragged_softmax", kNumbers),
      row<ops::Recurrent>("recurrent", kNumbers),
      row<ops::Reduce>("reduce", kNumbers),
      row<ops::Reshape>("reshape", kAll),
      row<ops::Resize>("resize", kAll),
      row<ops::ReverseSequence>("reverse_sequence", kAll),
      row<ops::RoiAlign>("roi_align", kNumbers),
      row<ops::RotaryEmbedding>("rotary_embedding", kFloats | types(DType::I32, DType::I64),
                                needs_places),
      row<ops::ScaleShift>("scale_shift", kFloats),
      row<ops::Scatter>("scatter", kAll),
      row<ops::Select>("select", kAll),
      row<ops::Shape>("shape", kAll),
      row<ops::Shuffle>("shuffle", kAll),
      slice_row(),
      row<ops::SliceBeyond>("slice_beyond", kAll),
      row<ops::Softmax>("softmax", kFloats),
      row<ops::Squeeze>("squeeze", kAll),
      row<ops::TopK>("top_k", kNumbers),
      row<ops::Transpose>("transpose", kAll),
      row<ops::Unary>("unary", kAll),
      row<ops::Unique>("unique", kAll),
      row<ops::Unsqueeze>("unsqueeze", kAll),
  };
  return kRows;
}

const Row* find_kernel(std::string_view name) noexcept {
  for (const Row& row : kernels()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Status supports(const Row& row, const kernel::NodeInfo& node, Diagnostics& diag) {
  const auto knows = [&](const kernel::PortInfo& port) {
    return !port.present || (row.types >> static_cast<unsigned>(port.dtype) & 1U) != 0;
  };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (knows(node.inputs[i])) continue;
    return decline(diag, "{} of {} (input {}) is not there: cast it", row.name,
                   to_string(node.inputs[i].dtype), i);
  }
  for (const kernel::PortInfo& output : node.outputs) {
    if (knows(output)) continue;
    return decline(diag, "{} to {} is not there: cast it", row.name, to_string(output.dtype));
  }
  return row.supports(node, diag);
}

}  // namespace tenon::ref
