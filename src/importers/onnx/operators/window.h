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

/// Reads kernel_shape, strides, pads, dilations and auto_pad for input 0. `kernel` stands for an
/// absent kernel_shape; empty: it is required. Refuses auto_pad where it would depend on a dynamic
/// extent.
Result<Window> read_window(Context& node, const Dims& kernel);

}  // namespace tenon::onnx
