// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Comparing a computed tensor with the expected one.
#pragma once

#include <optional>
#include <string>

#include "ops/constant_data.h"

namespace tenon::onnx_nodes {

/// What is wrong with `made`, or nothing. Types and shapes must be equal; NaNs and infinities stand
/// at the same places; numbers differ by no more than the tolerance of their type, or `least` where
/// that is more.
std::optional<std::string> difference(const ops::ConstantData& made,
                                      const ops::ConstantData& expected, double least);

}  // namespace tenon::onnx_nodes
