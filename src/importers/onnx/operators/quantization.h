// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quantising, which products and convolutions share.
#pragma once

#include "importers/onnx/context.h"

namespace tenon::onnx {

/// round(real) + zero point, saturated, as `dtype`: an integer of at most 16 bits, or a floating
/// type of storage, where the zero point counts as 0. `zero` is null or of that type.
/// Helper nodes are called "<role>_…", the last one "<role>".
Result<ir::Value*> quantised(Context& node, ir::Value* real, ir::Value* zero, DType dtype,
                             std::string_view role);

/// Refuses attribute saturate = 0 of a conversion to `dtype`, where that says something.
Status expect_saturation(Context& node, DType dtype);

}  // namespace tenon::onnx
