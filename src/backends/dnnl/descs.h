// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From Tenon's descriptions to oneDNN's.
#pragma once

#include <optional>

#include "backends/dnnl/handles.h"
#include "kernel/tensor_desc.h"
#include "ops/op.h"

namespace tenon::dnnl {

/// f32 memory of these extents in a layout that oneDNN has a tag for; nullopt otherwise.
std::optional<dnnl_memory_desc_t> to_memory_desc(const Dims& dims, const kernel::Layout& layout);
/// The same, the layout left to oneDNN.
dnnl_memory_desc_t any_memory_desc(const Dims& dims);
/// Row-major.
dnnl_memory_desc_t plain_memory_desc(const Dims& dims);

/// The activation as a post-op; dnnl_alg_kind_undef for None. Nullopt for one oneDNN does not have.
struct Eltwise {
  dnnl_alg_kind_t kind = dnnl_alg_kind_undef;
  float alpha = 0, beta = 0;
};
std::optional<Eltwise> to_eltwise(const ops::Activation& activation);

/// Attributes: scratchpad given by the caller, then `sum` of the old output, then the activation.
Attr make_attr(const Eltwise& eltwise, bool sum);

/// What a primitive descriptor says of one of its arguments; index 1 of the weights is the bias.
const dnnl_memory_desc_t* query_md(const PrimitiveDesc& desc, dnnl_query_t what, int index = 0);
/// Scratch bytes a primitive needs.
size_t scratchpad_bytes(const PrimitiveDesc& desc);

/// Copies row-major elements into the layout `to`. False when oneDNN refuses.
bool reorder(const dnnl_memory_desc_t& from, const void* source, const dnnl_memory_desc_t& to,
             void* target);

}  // namespace tenon::dnnl
