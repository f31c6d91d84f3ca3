// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions between real numbers and small integers, as the passes see them.
#pragma once

#include <optional>

#include "passes/pass.h"

namespace tenon::passes {

/// A conversion of i8 or u8 whose whole tensor has one constant grid.
struct Conversion {
  ir::Node* node;
  ops::Grid grid;
  DType type;  ///< of the integers
  friend bool operator==(const Conversion& a, const Conversion& b) {
    return a.grid == b.grid && a.type == b.type;
  }
};

/// `node` as such a Quantize of f32, or nothing.
std::optional<Conversion> as_quantize(ir::Node* node);
/// The producer of `value` as such a Dequantize to f32, or nothing.
std::optional<Conversion> dequantized_by(const ir::Value* value);

/// Notes the tensors on both sides of all conversions of `graph` in `context.quantised`, if there
/// is one; rows that stand there stay. `by_range`: where the new ones come from.
void note_quantised(const ir::Graph& graph, bool by_range, PassContext& context);

/// Warns that a plugin between conversions computes real numbers, for it takes no i8.
void say_refused(const ir::Node& node, PassContext& context);

}  // namespace tenon::passes
