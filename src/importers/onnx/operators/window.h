// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The attributes of sliding windows, which convolutions and poolings share.
#pragma once

#include "importers/onnx/context.h"

namespace tenon::onnx {

/// One entry a spatial axis.
struct Window {
  Dims kernel, strides, pads_begin, pads_end, dilations;
};

/// A list attribute with `count` entries of at least `least`; `otherwise` everywhere when absent.
Result<Dims> read_per_axis(Context& node, std::string_view attribute, size_t count,
                           int64_t otherwise, int64_t least);

/// Reads kernel_shape, strides, pads, dilations and auto_pad for input 0. `kernel` stands for an
/// absent kernel_shape; empty: it is required. Refuses auto_pad where it would depend on a dynamic
/// extent.
Result<Window> read_window(Context& node, const Dims& kernel);

}  // namespace tenon::onnx
