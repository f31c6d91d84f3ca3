// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IExprBuilder over expr: what a plugin computes its output extents with.
#pragma once

#include <deque>
#include <vector>

#include "NvInferRuntime.h"
#include "expr/shape.h"
#include "ops/foreign.h"

namespace tenon::plugin {

/// An expression as plugins see it. Binary contract: nvinfer1/expr.h.
class DimExpr final : public nvinfer1::IDimensionExpr, private nvinfer1::apiv::VDimensionExpr {
 public:
  explicit DimExpr(expr::Expr e, bool size_tensor = false)
      : expr_(std::move(e)), size_tensor_(size_tensor) {
    mImpl = this;
  }
  [[nodiscard]] const expr::Expr& get() const noexcept { return expr_; }
  [[nodiscard]] bool is_size_tensor() const noexcept { return size_tensor_; }

 private:
  bool isConstant() const override { return expr_.is_constant(); }
  int64_t getConstantValue() const override {
    return expr_.is_constant() ? expr_.constant() : INT64_MIN;
  }
  bool isSizeTensor() const override { return size_tensor_; }

  expr::Expr expr_;
  bool size_tensor_;
};

/// Makes expressions for one call of a plugin; they live as long as the object. Size tensors
/// declared before keep their symbol, so that asking twice gives the same shapes.
class ExprFactory final : public nvinfer1::IExprBuilder, private nvinfer1::apiv::VExprBuilder {
 public:
  ExprFactory(expr::SymbolTable& symbols, std::string hint, std::vector<ops::SizeTensor>& declared)
      : symbols_(symbols), hint_(std::move(hint)), declared_(declared) {
    mImpl = this;
  }

  const DimExpr* make(expr::Expr e, bool size_tensor = false) {
    return &pool_.emplace_back(std::move(e), size_tensor);
  }
  /// Extents as a plugin gets them; for ranks above eight nbDims is -1.
  nvinfer1::DimsExprs make(const std::vector<expr::Expr>& values);
  /// The expression behind what a plugin gave back.
  static const expr::Expr& get(const nvinfer1::IDimensionExpr& e) noexcept {
    return static_cast<const DimExpr&>(e).get();
  }
  /// Output numbers that this call declared to be size tensors.
  [[nodiscard]] const std::vector<int32_t>& declared_now() const noexcept { return declared_now_; }

 private:
  const nvinfer1::IDimensionExpr* constant(int64_t value) override { return make(value); }
  const nvinfer1::IDimensionExpr* operation(nvinfer1::DimensionOperation op,
                                            const nvinfer1::IDimensionExpr& first,
                                            const nvinfer1::IDimensionExpr& second) override;
  const nvinfer1::IDimensionExpr* declareSizeTensor(int32_t outputIndex,
                                                    const nvinfer1::IDimensionExpr& opt,
                                                    const nvinfer1::IDimensionExpr& upper) override;

  expr::SymbolTable& symbols_;
  std::string hint_;
  std::vector<ops::SizeTensor>& declared_;
  std::vector<int32_t> declared_now_;
  std::deque<DimExpr> pool_;
};

}  // namespace tenon::plugin
