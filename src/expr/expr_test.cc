// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Symbolic integers simplify to what a person would write, and evaluate like integers.
#include "expr/expr.h"

#include <gtest/gtest.h>

#include "expr/program.h"
#include "expr/requirement.h"
#include "expr/shape.h"

namespace tenon::expr {
namespace {

class ExprTest : public testing::Test {
 protected:
  SymbolTable symbols;
  Expr n = symbols.named("N");
  Expr h = symbols.named("H");
  std::string text(const Expr& e) { return to_string(e, symbols); }
};

TEST_F(ExprTest, DropsNeutralElements) {
  EXPECT_EQ(n + 0, n);
  EXPECT_EQ(1 * n, n);
  EXPECT_EQ(n * 0, Expr(0));
  EXPECT_EQ(floor_div(n, 1), n);
  EXPECT_EQ(n - n, Expr(0));
  EXPECT_EQ((n + 3) - 1, n + 2);
}

TEST_F(ExprTest, CancelsFactorsAsReshapeNeeds) {
  EXPECT_EQ(floor_div(n * 16 * 4 * 4, 256), n);
  EXPECT_EQ(floor_div(n * h * 6, h * 2), n * 3);
  EXPECT_EQ(text(floor_div(n + 2, 4)), "floor((N + 2) / 4)");
}

TEST_F(ExprTest, EqualsByStructureWhateverTheOrder) {
  EXPECT_EQ(2 * n, n * 2);
  EXPECT_EQ(symbols.named("N"), n);
  EXPECT_FALSE(n == h);
}

TEST_F(ExprTest, KeepsADivisionByZeroUntilItIsAsked) {
  const Expr e = floor_div(4, 0);
  EXPECT_FALSE(e.is_constant());
  EXPECT_FALSE(evaluate(e, {}).has_value());
}

TEST_F(ExprTest, DividesTowardsTheFloorAndTheCeiling) {
  EXPECT_EQ(apply(Op::FloorDiv, -7, 2), -4);
  EXPECT_EQ(apply(Op::CeilDiv, -7, 2), -3);
  EXPECT_EQ(apply(Op::CeilDiv, 7, 2), 4);
  EXPECT_FALSE(apply(Op::Prod, INT64_MAX, 2).has_value());
}

TEST_F(ExprTest, TextComesBackAsTheSameExpression) {
  const Expr all[] = {n, max(n, h) + 1, ceil_div(n - h, 3), combine(Op::Less, n, 4), Expr(-5)};
  for (const Expr& e : all) {
    const auto back = parse(text(e), [&](std::string_view name) { return symbols.find(name); });
    ASSERT_TRUE(back.has_value()) << text(e);
    EXPECT_EQ(*back, e) << text(e);
  }
  EXPECT_FALSE(parse("(N +", [&](std::string_view name) { return symbols.find(name); }));
}

TEST_F(ExprTest, CodeEvaluatesLikeTheExpression) {
  const Expr e = max(floor_div(n + 5, 2), h * 3) - combine(Op::Equal, n, h);
  const auto code = compile(e);
  ASSERT_TRUE(code.has_value());
  ASSERT_TRUE(verify(*code, symbols.size()).ok());
  for (int64_t a : {1, 7, 30}) {
    for (int64_t b : {1, 7}) {
      const int64_t values[] = {a, b};
      int64_t result = 0;
      ASSERT_TRUE(evaluate(*code, values, result).ok());
      EXPECT_EQ(result, evaluate(e, values));
    }
  }
}

TEST_F(ExprTest, HostileCodeIsRefused) {
  const auto code = compile(n + h);
  ASSERT_TRUE(code.has_value());
  EXPECT_FALSE(verify(*code, 1).ok());
  EXPECT_FALSE(verify(std::span(*code).first(0), 2).ok());
  EXPECT_FALSE(verify(std::span(*code).first(2), 2).ok());
  EXPECT_FALSE(verify(std::span(*code).last(1), 2).ok());
  const int64_t unknown[] = {7};
  EXPECT_FALSE(verify(unknown, 2).ok());
}

TEST_F(ExprTest, DataDependentSymbolsAreUnique) {
  const Expr a = symbols.data_dependent("count", 4, 8);
  const Expr b = symbols.data_dependent("count", 4, 8);
  EXPECT_FALSE(a == b);
  EXPECT_TRUE(symbols[a.symbol_id()].data_dependent());
  EXPECT_EQ(text(volume({a, b, n})), "((count * count.2) * N)");
}

TEST_F(ExprTest, RequirementsHaveANumberOnlyWhereTheyHold) {
  const Expr s = symbols.element("s", 0);
  const Expr checked = required(n * 2, Need::Elements, s * 3, n * 6);
  EXPECT_TRUE(has_requirement(checked) && has_requirement(checked * 4));
  EXPECT_FALSE(has_requirement(floor_div(n, s)));
  EXPECT_EQ(required(n, Need::Extent, h, h), n) << "what always holds is not asked";
  const auto code = compile(checked);
  ASSERT_TRUE(code.has_value());
  const int64_t good[] = {5, 0, 10}, bad[] = {5, 0, 9};
  int64_t result = 0;
  ASSERT_TRUE(evaluate(*code, good, result).ok());
  EXPECT_EQ(result, 10);
  EXPECT_FALSE(evaluate(*code, bad, result).ok());
  const auto failed = unmet(*code, bad);
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(to_string(*failed), "27 elements are asked for, but there are 30");
  const auto extent = compile(required(n, Need::Extent, s, n));
  ASSERT_TRUE(extent && unmet(*extent, bad));
  EXPECT_EQ(to_string(*unmet(*extent, bad)), "extent 5 does not broadcast to 9");
  const auto other = compile(floor_div(n, h));
  ASSERT_TRUE(other && !evaluate(*other, bad, result).ok());
  EXPECT_FALSE(unmet(*other, bad).has_value()) << "a division by zero that nobody asked for";
}

TEST_F(ExprTest, OnlyElementsMayBeNegative) {
  const Expr s = symbols.element("s", 1);
  EXPECT_EQ(text(s), "s[1]");
  EXPECT_TRUE(symbols.is_element(s.symbol_id()) && !symbols.is_element(n.symbol_id()));
  EXPECT_TRUE(never_negative(n * h + 3, symbols) && never_negative(max(s, 0), symbols));
  EXPECT_FALSE(never_negative(s + n, symbols) || never_negative(n - h, symbols));
  EXPECT_TRUE(mentions_element(floor_div(n, s), symbols));
  EXPECT_FALSE(mentions_element(n * h, symbols));
}

}  // namespace
}  // namespace tenon::expr
