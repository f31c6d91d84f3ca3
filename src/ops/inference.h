// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an operator's type and shape rule sees and says.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "base/dtype.h"
#include "expr/shape.h"
#include "ops/constant_data.h"

namespace tenon::ops {

/// Element values of a small integer tensor, as expressions: how shape arithmetic is followed.
using Content = std::vector<expr::Expr>;

/// Content is followed for integer tensors of at most this many elements.
inline constexpr int64_t kMaxContent = 256;

/// Type, shape and, where known, content of one tensor.
struct TensorType {
  DType dtype = DType::F32;
  expr::Shape shape;
  std::optional<Content> content;
};

/// The output that tells a size known only at run time: a scalar of type i32 or i64.
struct SizeTensor {
  expr::SymbolId symbol = 0;  ///< made with SymbolTable::data_dependent by the last infer()
  size_t output = 0;
};

/// One question to a rule. `inputs` has an entry for every input, absent optional ones being null.
/// A rule appends one TensorType per output to `outputs`, or says in `diag` why it cannot.
struct Inference {
  std::span<const TensorType* const> inputs;
  std::span<const ConstantData* const> constants;  ///< as inputs; null where not constant
  expr::SymbolTable& symbols;
  Diagnostics& diag;
  std::vector<TensorType> outputs;
  std::vector<SizeTensor> sizes{};  ///< of operators of our own; plugins tell theirs themselves

  [[nodiscard]] bool has(size_t i) const noexcept {
    return i < inputs.size() && inputs[i] != nullptr;
  }
  [[nodiscard]] const TensorType& in(size_t i) const noexcept { return *inputs[i]; }
  /// A new size known only at run time, which scalar output `output` will tell; at most `upper`.
  expr::Expr told_size(size_t output, std::string_view hint, const expr::Expr& upper) {
    expr::Expr size = symbols.data_dependent(hint, upper, upper);
    sizes.push_back({size.symbol_id(), output});
    return size;
  }
  void out(DType dtype, expr::Shape shape) { outputs.push_back({dtype, std::move(shape), {}}); }
};

}  // namespace tenon::ops
