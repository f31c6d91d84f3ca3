// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quantising, which products and convolutions share.
#pragma once

#include "importers/onnx/context.h"

namespace tenon::onnx {

/// round(real) + zero point, saturated, as `dtype`: u8, i8 or i16. `zero` is null or of that type.
/// Helper nodes are called "<role>_…", the last one "<role>".
Result<ir::Value*> quantised(Context& node, ir::Value* real, ir::Value* zero, DType dtype,
                             std::string_view role);

}  // namespace tenon::onnx
