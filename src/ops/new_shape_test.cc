// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Wished shapes: what is resolved at once, and what elements of shape inputs make of it in a run.
#include "ops/new_shape.h"

#include <gmock/gmock.h>

#include "expr/program.h"
#include "expr/requirement.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;

class NewShape : public testing::Test {
 protected:
  NewShape() : diag_(sink_) {}

  std::string text(const Result<expr::Shape>& shape) {
    std::string said = sink_.errors();
    sink_.entries.clear();
    return shape.ok() ? expr::to_string(*shape, symbols_) : said;
  }
  std::string reshape(const expr::Shape& from, const Content& wanted, bool zero_copies = true) {
    return text(reshaped(from, wanted, zero_copies, symbols_, diag_));
  }
  std::string expand(const expr::Shape& from, const Content& wanted) {
    return text(expanded(from, wanted, symbols_, diag_));
  }

  /// The numbers of a shape, or why it has none. N is 4, the elements are `s` and `t`.
  std::string numbers(const Result<expr::Shape>& shape, int64_t s, int64_t t, int64_t extent = 4) {
    EXPECT_TRUE(shape.ok()) << sink_.errors();
    const int64_t values[] = {extent, s, t};
    std::string text;
    for (const expr::Expr& e : *shape) {
      const auto code = expr::compile(e);
      EXPECT_TRUE(code.has_value()) << "too deep";
      int64_t number = 0;
      if (!expr::evaluate(*code, values, number).ok()) {
        const auto unmet = expr::unmet(*code, values);
        return unmet ? expr::to_string(*unmet) : "no number";
      }
      text += (text.empty() ? "" : " ") + std::to_string(number);
    }
    return text;
  }

  CollectingSink sink_;
  Diagnostics diag_;
  expr::SymbolTable symbols_;
  expr::Expr n_ = symbols_.named("N");
  expr::Expr s_ = symbols_.element("s", 0), t_ = symbols_.element("s", 1);
};

TEST_F(NewShape, ResolvesWhatIsKnown) {
  EXPECT_EQ(reshape({n_, 3, 4}, {0, -1}), "[N, 12]");
  EXPECT_EQ(reshape({n_, 3, 4}, {-1, 6}), "[(N * 2), 6]");
  EXPECT_EQ(reshape({0, 3}, {0, 7}, false), "[0, 7]");
  EXPECT_EQ(expand({3, 1}, {2, 1, 4}), "[2, 3, 4]");
  EXPECT_EQ(expand({n_, 1}, {1, n_}), "[N, N]");
}

TEST_F(NewShape, RefusesWhatCannotBe) {
  EXPECT_THAT(reshape({n_, 3}, {-1, -1}), HasSubstr("holds -1 twice"));
  EXPECT_THAT(reshape({n_, 3}, {-2, 3}), HasSubstr("holds -2"));
  EXPECT_THAT(reshape({2, 3}, {-1, 4}), HasSubstr("no number in place of -1"));
  EXPECT_THAT(reshape({2, 3}, {2, 3, 0}), HasSubstr("entry 2"));
  EXPECT_THAT(expand({3, 4}, {2, 4}), HasSubstr("shapes [3, 4] and [2, 4] do not broadcast"));
  EXPECT_THAT(expand({3, 1}, {3, -1}), HasSubstr("do not broadcast"));
}

TEST_F(NewShape, SelectsInEachRunWhatAnElementMeans) {
  const auto shape = reshaped({n_, 6}, {s_, t_}, true, symbols_, diag_);
  EXPECT_EQ(numbers(shape, 8, 3), "8 3");
  EXPECT_EQ(numbers(shape, -1, 3), "8 3");
  EXPECT_EQ(numbers(shape, 2, -1), "2 12");
  EXPECT_EQ(numbers(shape, 0, -1), "4 6");
  EXPECT_EQ(numbers(shape, 0, 0), "4 6");
  EXPECT_EQ(numbers(shape, 0, -1, 0), "0 0");
  EXPECT_EQ(numbers(shape, 5, 3), "15 elements are asked for, but there are 24");
  EXPECT_EQ(numbers(shape, 5, -1), "20 elements are asked for, but there are 24");
  EXPECT_THAT(numbers(shape, -1, -1), HasSubstr("are asked for, but there are 24"));
  EXPECT_EQ(numbers(shape, -2, -12), "-14 elements are asked for, but there are 24");
}

TEST_F(NewShape, GivesExtentsThatAreNeverNegative) {
  const auto first = reshaped({n_, 6}, {s_, -1}, true, symbols_, diag_);
  ASSERT_TRUE(first.ok());
  for (const expr::Expr& e : *first) EXPECT_TRUE(expr::never_negative(e, symbols_));
  // So what is computed from them selects nothing more.
  const auto next = reshaped(*first, {(*first)[0], -1, 1}, true, symbols_, diag_);
  EXPECT_EQ((*next)[0], (*first)[0]);
  EXPECT_EQ(numbers(next, 8, 0), "8 3 1");
  const auto again = reshaped(*first, {t_, -1}, true, symbols_, diag_);
  EXPECT_EQ(numbers(again, 8, 2), "2 12");
  EXPECT_EQ(numbers(again, 8, 5), "20 elements are asked for, but there are 24");
  const auto broad = expanded({n_, 1}, {s_, t_}, symbols_, diag_);
  for (const expr::Expr& e : *broad) EXPECT_TRUE(expr::never_negative(e, symbols_) || e == t_);
}

TEST_F(NewShape, TakesZeroAsZeroWhereItCopiesNothing) {
  const auto shape = reshaped({n_, 6}, {s_, t_}, false, symbols_, diag_);
  EXPECT_EQ(numbers(shape, 0, 5, 0), "0 5");
  EXPECT_EQ(numbers(shape, 0, 6), "0 elements are asked for, but there are 24");
}

TEST_F(NewShape, MixesElementsAndExtents) {
  const auto shape = reshaped({n_, 6}, {n_, s_, -1}, true, symbols_, diag_);
  EXPECT_EQ(numbers(shape, 3, 0), "4 3 2");
  EXPECT_EQ(numbers(shape, 4, 0), "16 elements are asked for, but there are 24");
  EXPECT_THAT(reshape({n_, 6}, {-1, s_, -1}), HasSubstr("holds -1 twice"));
}

TEST_F(NewShape, BroadcastsBothWaysInEachRun) {
  const auto shape = expanded({n_, 1}, {s_, t_}, symbols_, diag_);
  EXPECT_EQ(numbers(shape, 4, 3), "4 3");
  EXPECT_EQ(numbers(shape, 1, 3), "4 3");
  EXPECT_EQ(numbers(shape, 7, 3, 1), "7 3");
  EXPECT_EQ(numbers(shape, 0, 3, 1), "0 3");
  EXPECT_EQ(numbers(shape, 1, 3, 0), "0 3");
  EXPECT_EQ(numbers(shape, 2, 3), "extent 4 does not broadcast to 2");
  EXPECT_EQ(numbers(shape, -1, 3), "extent 4 does not broadcast to -1");
  const auto fixed = expanded({3, 4}, {s_, t_}, symbols_, diag_);
  EXPECT_EQ(numbers(fixed, 1, 4), "3 4");
  EXPECT_EQ(numbers(fixed, 2, 4), "extent 3 does not broadcast to 2");
  EXPECT_EQ(numbers(fixed, 3, 5), "extent 4 does not broadcast to 5");
}

TEST_F(NewShape, LeavesSizesThatRunsFindOutToKernels) {
  const expr::Expr found = symbols_.data_dependent("found", 8, 8);
  const auto shape = reshaped({found, 3}, {s_, -1}, true, symbols_, diag_);
  ASSERT_TRUE(shape.ok());
  EXPECT_FALSE(expr::has_requirement((*shape)[0]) || expr::has_requirement((*shape)[1]));
  const auto checked = reshaped({n_, 3}, {s_, -1}, true, symbols_, diag_);
  EXPECT_TRUE(expr::has_requirement((*checked)[0]));
}

}  // namespace
}  // namespace tenon::ops
