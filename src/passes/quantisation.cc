// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recognising conversions with one constant grid.
#include "passes/quantisation.h"

#include <cmath>

namespace tenon::passes {

namespace {

std::optional<ops::Grid> grid_of(const ir::Node& node) {
  const ops::ConstantData* scale = node.input(1)->constant();
  if (!scale || scale->count() != 1 || scale->dtype() != DType::F32) return std::nullopt;
  ops::Grid grid{static_cast<float>(scale->real(0)), 0};
  if (!std::isfinite(grid.scale) || grid.scale <= 0) return std::nullopt;
  if (const ir::Value* zero = node.input(2)) {
    if (!zero->constant() || zero->constant()->count() != 1) return std::nullopt;
    grid.zero = static_cast<int64_t>(zero->constant()->real(0));
  }
  return grid;
}

bool is_small(DType type) { return type == DType::I8 || type == DType::U8; }

}  // namespace

std::optional<Conversion> as_quantize(ir::Node* node) {
  const auto* op = node ? node->as<ops::Quantize>() : nullptr;
  if (!op || !is_small(op->to) || node->input(0)->dtype() != DType::F32) return std::nullopt;
  const auto grid = grid_of(*node);
  return grid ? std::optional(Conversion{node, *grid, op->to}) : std::nullopt;
}

std::optional<Conversion> dequantized_by(const ir::Value* value) {
  ir::Node* node = value ? value->producer() : nullptr;
  const auto* op = node ? node->as<ops::Dequantize>() : nullptr;
  if (!op || op->to != DType::F32 || !is_small(node->input(0)->dtype())) return std::nullopt;
  const auto grid = grid_of(*node);
  return grid ? std::optional(Conversion{node, *grid, node->input(0)->dtype()}) : std::nullopt;
}

}  // namespace tenon::passes
