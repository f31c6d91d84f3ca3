// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From Tenon's descriptions to oneDNN's.
#pragma once

#include <optional>
#include <vector>

#include "backends/dnnl/handles.h"
#include "kernel/tensor_desc.h"
#include "ops/op.h"

namespace tenon::dnnl {

/// Memory of these extents in a layout that oneDNN has a tag for; nullopt otherwise.
std::optional<dnnl_memory_desc_t> to_memory_desc(const Dims& dims, const kernel::Layout& layout,
                                                 DType dtype = DType::F32);
/// The same, the layout left to oneDNN.
dnnl_memory_desc_t any_memory_desc(const Dims& dims, DType dtype = DType::F32);
/// Row-major.
dnnl_memory_desc_t plain_memory_desc(const Dims& dims, DType dtype = DType::F32);
/// oneDNN's name of f32, i8 and u8; dnnl_data_type_undef for others.
dnnl_data_type_t to_data_type(DType dtype) noexcept;

/// The activation as a post-op; dnnl_alg_kind_undef for None. Nullopt for one oneDNN does not have.
struct Eltwise {
  dnnl_alg_kind_t kind = dnnl_alg_kind_undef;
  float alpha = 0, beta = 0;
};
std::optional<Eltwise> to_eltwise(const ops::Activation& activation);

/// Attributes: scratchpad given by the caller, then `sum` of the old output, then the activation.
Attr make_attr(const Eltwise& eltwise, bool sum);

/// What becomes of the sums of a quantised operator, on their way to its output.
struct Rescaling {
  std::vector<float> scales;  ///< one step of the sums in real numbers: one, or one a channel
  int channel_mask = 0;       ///< the output's axis of channels, as a bit
  ops::Grid x, y;
  DType to = DType::I8;
  std::optional<ops::Grid> residual;  ///< of the old output, as integers of the type `to`
  std::optional<ops::Grid> between;   ///< of the sums, rounded before the old output is added
  ops::Activation activation{ops::ActivationKind::None};
};
/// Attributes that do so; null when oneDNN lacks the activation, or cannot have it together with
/// `between`.
Attr make_attr(const Rescaling& rescaling);

/// What a primitive descriptor says of one of its arguments; index 1 of the weights is the bias.
const dnnl_memory_desc_t* query_md(const PrimitiveDesc& desc, dnnl_query_t what, int index = 0);
/// Scratch bytes a primitive needs.
size_t scratchpad_bytes(const PrimitiveDesc& desc);

/// Copies row-major elements into the layout `to`. False when oneDNN refuses.
bool reorder(const dnnl_memory_desc_t& from, const void* source, const dnnl_memory_desc_t& to,
             void* target);

}  // namespace tenon::dnnl
