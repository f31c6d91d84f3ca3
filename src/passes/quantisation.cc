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

void note_quantised(const ir::Graph& graph, bool by_range, PassContext& context) {
  if (context.quantised == nullptr) return;
  for (const auto& node : graph.nodes()) {
    if (const auto quantize = as_quantize(node.get())) {
      context.quantised->try_emplace(
          node->output()->name,
          QuantisedTensor{node->input(0)->name, quantize->grid, quantize->type, by_range});
    }
    const auto* op = node->as<ops::Dequantize>();
    const auto read = op ? dequantized_by(node->output()) : std::nullopt;
    if (read && node->input(0)->constant() == nullptr) {
      context.quantised->try_emplace(
          node->input(0)->name,
          QuantisedTensor{node->output()->name, read->grid, read->type, by_range});
    }
  }
}

void say_refused(const ir::Node& node, PassContext& context) {
  context.diag.warn(
      "plugin '{}' computes in float32 between conversions, for it does not take int8 for all its "
      "inputs and outputs in one format: let supportsFormatCombination accept kINT8, and the "
      "output type follow the input's, or leave the ranges of its tensors out",
      node.name);
}

}  // namespace tenon::passes
