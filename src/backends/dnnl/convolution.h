// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What convolutions of real numbers and of integers share.
#pragma once

#include <string>

#include "backends/dnnl/descs.h"
#include "kernel/record.h"

namespace tenon::dnnl::convolution {

/// Extents of the weights as oneDNN sees them: it has an axis of its own for groups.
Dims grouped(const ops::Convolution& op, const Dims& weights);

/// A primitive from `source` to `target`, in their types, with an f32 bias if `bias`. Null when
/// oneDNN has none, or `attr` is null.
PrimitiveDesc describe(const ops::Convolution& op, dnnl_alg_kind_t algorithm,
                       const kernel::TensorDesc& source, const kernel::TensorDesc& target,
                       const dnnl_memory_desc_t& weights, bool bias, const Attr& attr);

/// Refuses parameters from an engine file that are not those of two spatial axes.
Status expect_sound(const ops::Convolution& op);

/// Refuses tensors from an engine file that have not four axes.
Status expect_images(const kernel::RecordView& record, Diagnostics& diag);

/// Why the window cannot be served, as the end of a sentence; empty when it can.
std::string refuse_window(const ops::Convolution& op);

}  // namespace tenon::dnnl::convolution
