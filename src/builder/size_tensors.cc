// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding old symbols by the places of new ones.
#include "builder/size_tensors.h"

namespace tenon::builder {

namespace {

/// Walks two expressions of one form; where the new one has the symbol of a size, the old one names
/// that size.
void match(const expr::Expr& old_one, const expr::Expr& new_one,
           const std::vector<ops::SizeTensor>& sizes, std::vector<ops::SizeTensor>& found) {
  if (new_one.is_symbol() && old_one.is_symbol()) {
    for (const ops::SizeTensor& size : sizes) {
      if (size.symbol == new_one.symbol_id()) found.push_back({old_one.symbol_id(), size.output});
    }
  } else if (new_one.is_operation() && old_one.is_operation()) {
    match(old_one.lhs(), new_one.lhs(), sizes, found);
    match(old_one.rhs(), new_one.rhs(), sizes, found);
  }
}

}  // namespace

Result<std::vector<ops::SizeTensor>> size_tensors(const ir::Node& node,
                                                  const expr::SymbolTable& symbols,
                                                  Diagnostics& diag) {
  std::vector<ops::SizeTensor> found;
  const auto* foreign = node.as<ops::Foreign>();
  if (foreign == nullptr && !ops::tells_sizes(node.op)) return found;
  std::vector<const ops::TensorType*> inputs;
  std::vector<const ops::ConstantData*> constants;
  for (const ir::Value* input : node.inputs()) {
    inputs.push_back(input == nullptr ? nullptr : &input->type);
    constants.push_back(input == nullptr ? nullptr : input->constant());
  }
  expr::SymbolTable scratch = symbols;
  ops::Inference inference{inputs, constants, scratch, diag, {}};
  const auto scope = diag.scope("node", node.name);
  TENON_TRY(ops::infer(node.op, inference));
  const std::vector<ops::SizeTensor> sizes =
      foreign != nullptr ? foreign->op->size_tensors() : inference.sizes;
  for (size_t k = 0; k < inference.outputs.size() && k < node.outputs().size(); ++k) {
    const expr::Shape& now = inference.outputs[k].shape;
    const expr::Shape& before = node.output(k)->shape();
    for (size_t axis = 0; axis < now.size() && axis < before.size(); ++axis) {
      match(before[axis], now[axis], sizes, found);
    }
  }
  for (const ops::SizeTensor& size : found) {
    if (size.output < node.outputs().size()) continue;
    return diag.fail(Code::Plugin,
                     "the size of an output is told by output {}, of which there are {}",
                     size.output, node.outputs().size());
  }
  return found;
}

}  // namespace tenon::builder
