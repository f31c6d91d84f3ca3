// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls a plugin makes on its expression builder.
#include "plugin/adapt/expressions.h"

#include <algorithm>

namespace tenon::plugin {

using nvinfer1::DimensionOperation;
using nvinfer1::IDimensionExpr;

nvinfer1::DimsExprs ExprFactory::make(const std::vector<expr::Expr>& values) {
  nvinfer1::DimsExprs result{};
  if (values.size() > static_cast<size_t>(nvinfer1::Dims::MAX_DIMS)) {
    result.nbDims = -1;
    return result;
  }
  result.nbDims = static_cast<int32_t>(values.size());
  for (size_t i = 0; i < values.size(); ++i) result.d[i] = make(values[i]);
  return result;
}

const IDimensionExpr* ExprFactory::operation(DimensionOperation op, const IDimensionExpr& first,
                                             const IDimensionExpr& second) {
  const auto number = static_cast<int32_t>(op);
  if (number < 0 || number > static_cast<int32_t>(DimensionOperation::kCEIL_DIV)) return nullptr;
  return make(expr::combine(static_cast<expr::Op>(number), get(first), get(second)));
}

const IDimensionExpr* ExprFactory::declareSizeTensor(int32_t outputIndex, const IDimensionExpr& opt,
                                                     const IDimensionExpr& upper) {
  declared_now_.push_back(outputIndex);
  const auto known = std::find_if(
      declared_.begin(), declared_.end(),
      [&](const ops::SizeTensor& size) { return size.output == static_cast<size_t>(outputIndex); });
  if (known != declared_.end()) return make(expr::Expr::symbol(known->symbol), true);
  const expr::Expr size =
      symbols_.data_dependent(hint_ + ".size" + std::to_string(outputIndex), get(opt), get(upper));
  declared_.push_back({size.symbol_id(), static_cast<size_t>(outputIndex)});
  return make(size, true);
}

}  // namespace tenon::plugin
