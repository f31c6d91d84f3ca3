// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The fixture of the rules' tests: asks a rule and keeps what it said.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "ops/op.h"

namespace tenon::ops {

class RuleTest : public testing::Test {
 protected:
  RuleTest() : diag(sink) {}

  const TensorType* type(DType dtype, expr::Shape shape) {
    return &kept_.emplace_back(TensorType{dtype, std::move(shape), {}});
  }
  const TensorType* f32(expr::Shape shape) { return type(DType::F32, std::move(shape)); }
  /// An i64 tensor whose elements are followed.
  const TensorType* follow(expr::Shape shape, Content content, DType dtype = DType::I64) {
    return &kept_.emplace_back(TensorType{dtype, std::move(shape), std::move(content)});
  }
  const TensorType* numbers(std::vector<int64_t> values) {
    const auto count = static_cast<int64_t>(values.size());
    return follow(expr::Shape{count}, Content(values.begin(), values.end()));
  }

  /// Runs the rule; false, with the sentences in said(), when it refuses.
  bool ask(const Op& op, std::vector<const TensorType*> inputs) {
    sink.entries.clear();
    const std::vector<const ConstantData*> constants(inputs.size());
    Inference inference{inputs, constants, symbols, diag, {}};
    const bool ok = infer(op, inference).ok();
    outputs = std::move(inference.outputs);
    EXPECT_EQ(ok, sink.errors().empty()) << "a refusal must be explained, and nothing else";
    return ok;
  }
  /// The shape of the first output, as text, or the refusal.
  std::string shape(const Op& op, std::vector<const TensorType*> inputs) {
    return ask(op, std::move(inputs)) ? expr::to_string(outputs[0].shape, symbols) : said();
  }
  /// The content of the first output, as text; "unknown" or the refusal.
  std::string content(const Op& op, std::vector<const TensorType*> inputs) {
    if (!ask(op, std::move(inputs))) return said();
    if (!outputs[0].content) return "unknown";
    EXPECT_EQ(expr::volume(outputs[0].shape),
              expr::Expr(static_cast<int64_t>(outputs[0].content->size())));
    return expr::to_string(*outputs[0].content, symbols);
  }
  [[nodiscard]] std::string said() const { return sink.errors(); }

  CollectingSink sink;
  Diagnostics diag;
  expr::SymbolTable symbols;
  expr::Expr n = symbols.named("N"), h = symbols.named("H");
  std::vector<TensorType> outputs;

 private:
  std::deque<TensorType> kept_;
};

}  // namespace tenon::ops
