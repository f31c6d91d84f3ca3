// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Profiles are completed, or refused with the input, the axis and the mend.
#include "builder/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "builder/extents.h"
#include "ops/new_shape.h"

namespace tenon::builder {
namespace {

using testing::HasSubstr;

struct ProfilesTest : testing::Test {
  ProfilesTest() {
    const expr::Expr n = graph.symbols().named("N");
    x = graph.add_input("x", DType::F32, {n, 3});
    y = graph.add_input("y", DType::F32, {n, graph.symbols().named("M")});
    fixed = graph.add_input("fixed", DType::F32, {2, 2});
  }
  static InputRange range(const std::string& input, const Dims& min, const Dims& opt,
                          const Dims& max) {
    return {input, min, opt, max, {}, {}, {}};
  }
  void expect_refused(const std::vector<InputRange>& inputs, const std::string& words) {
    sink.entries.clear();
    EXPECT_FALSE(complete_profiles(graph, {{inputs}}, diag).ok());
    EXPECT_THAT(sink.errors(), HasSubstr(words));
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  ir::Graph graph;
  ir::Value *x, *y, *fixed;
  const InputRange good_x = range("x", {1, 3}, {2, 3}, {4, 3});
  const InputRange good_y = range("y", {1, 5}, {2, 6}, {4, 9});
};

TEST_F(ProfilesTest, CompletesInTheOrderOfTheInputs) {
  const auto profiles = complete_profiles(graph, {{{good_y, good_x}}}, diag);
  ASSERT_TRUE(profiles.ok()) << sink.errors();
  const std::vector<InputRange>& inputs = (*profiles)[0].inputs;
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs[0].input, "x");
  EXPECT_EQ(inputs[2].opt, (Dims{2, 2}));
}

TEST_F(ProfilesTest, SaysWhatIsWrong) {
  expect_refused({}, "input \"x\" has shape [N, 3], but profile 0 gives no range");
  expect_refused({good_x, good_x, good_y}, "gives input \"x\" twice");
  expect_refused({good_x, good_y, range("z", {1}, {1}, {1})},
                 "\"z\", which is no network input; there are \"x\", \"y\", \"fixed\"");
  expect_refused({range("x", {1}, {1}, {1}), good_y}, "input \"x\" has 2 axes");
  expect_refused({range("x", {1, 3}, {1, 3}, {2, 4}), good_y},
                 "axis 1 of input \"x\" is always 3, but profile 0 gives 3 to 4");
  expect_refused({range("x", {3, 3}, {2, 3}, {4, 3}), good_y}, "min 3, opt 2, max 4");
  expect_refused({range("x", {-1, 3}, {2, 3}, {4, 3}), good_y}, "not be negative");
  expect_refused({good_x, range("y", {1, 5}, {2, 6}, {8, 9})},
                 "axis 0 of input \"x\" and axis 0 of input \"y\" are both N");
  InputRange with_values = good_x;
  with_values.min_values = with_values.opt_values = with_values.max_values = {1};
  expect_refused({with_values, good_y}, "decides no shapes");
}

TEST_F(ProfilesTest, AsksForTheValuesOfShapeInputs) {
  ir::Value* shape = graph.add_input("shape", DType::I64, {2});
  shape->type.content = {graph.symbols().named("shape.0"), graph.symbols().named("shape.1")};
  expect_refused({good_x, good_y}, "input \"shape\" decides shapes by its content");
  InputRange range{"shape", {2}, {2}, {2}, {1, 1}, {2, 3}, {1, 4}};
  expect_refused({good_x, good_y, range}, "element 0 of input \"shape\"");
  range.max_values = {4};
  expect_refused({good_x, good_y, range}, "gives 2/2/1 min/opt/max values");
  range.max_values = {4, 4};
  EXPECT_TRUE(complete_profiles(graph, {{{good_x, good_y, range}}}, diag).ok()) << sink.errors();
}

TEST_F(ProfilesTest, GivesNumbersToExtents) {
  ProfileRanges first{{good_x, good_y}};
  ProfileRanges second{{range("x", {7, 3}, {7, 3}, {8, 3}), range("y", {7, 1}, {7, 1}, {8, 2})}};
  const auto profiles = complete_profiles(graph, {first, second}, diag);
  ASSERT_TRUE(profiles.ok()) << sink.errors();
  const expr::Expr n = x->shape()[0], m = y->shape()[1];
  const expr::Expr upper = n * m;
  const expr::Expr found =
      graph.symbols().data_dependent("found", expr::floor_div(upper, 2), upper);
  const Extents extents(graph, *profiles);
  const auto range = extents.of({n * m + 1, 100 - n, expr::ceil_div(m, n), found}, "t", diag);
  ASSERT_TRUE(range.ok()) << sink.errors();
  EXPECT_EQ(range->opt, (Dims{13, 98, 3, 6}));
  EXPECT_EQ(range->max, (Dims{37, 99, 9, 36}));  // 4·9+1; 100−1; 9/1; 4·9
  EXPECT_EQ(range->min, (Dims{6, 92, 1, 0}));    // 1·5+1; 100−8; 1/8; 0
  EXPECT_FALSE(extents.of({expr::Expr(0) - n}, "negative", diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("tensor \"negative\" is negative"));
  EXPECT_FALSE(extents.of({n, int64_t{1} << 30, int64_t{1} << 30}, "vast", diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("tensor \"vast\" has up to"));
  EXPECT_FALSE(extents.of({graph.symbols().named("lost")}, "stray", diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("extent lost of tensor \"stray\" cannot be computed"));
}

TEST(Extents, BoundsOperationsByIntervals) {
  const expr::Expr a = expr::Expr::symbol(0), b = expr::Expr::symbol(1);
  const std::optional<Interval> symbols[] = {Interval{2, 5}, Interval{-3, 4}};
  const auto of = [&](const expr::Expr& e) { return *bounds(e, symbols); };
  EXPECT_EQ(of(a + b), (Interval{-1, 9}));
  EXPECT_EQ(of(a - b), (Interval{-2, 8}));
  EXPECT_EQ(of(a * b), (Interval{-15, 20}));
  EXPECT_EQ(of(expr::max(a, b)), (Interval{2, 5}));
  EXPECT_EQ(of(expr::min(a, b)), (Interval{-3, 4}));
  EXPECT_EQ(of(expr::floor_div(b, a)), (Interval{-2, 2}));
  EXPECT_EQ(of(expr::ceil_div(a, b)), (Interval{1, 5}));
  EXPECT_EQ(of(expr::combine(expr::Op::Equal, a, b)), (Interval{0, 1}));
  EXPECT_EQ(of(expr::combine(expr::Op::Equal, a, expr::Expr(9))), (Interval{0, 0}));
  EXPECT_EQ(of(expr::combine(expr::Op::Less, a, expr::Expr(9))), (Interval{1, 1}));
  EXPECT_EQ(bounds(expr::Expr::symbol(2), symbols), std::nullopt);
  EXPECT_EQ(bounds(a * expr::Expr(INT64_MAX), symbols), std::nullopt);
}

TEST(Extents, BoundsReshapesByElementsOfShapeInputs) {
  expr::SymbolTable table;
  const expr::Expr n = table.named("N"), s = table.element("s", 0), t = table.element("s", 1);
  CollectingSink sink;
  Diagnostics diag(sink);
  const auto most = [&](const Interval& first, const Interval& second) {
    const auto shape = ops::reshaped({n, 6}, {s, t}, true, table, diag);
    EXPECT_TRUE(shape.ok()) << sink.errors();
    const std::optional<Interval> symbols[] = {Interval{1, 8}, first, second};
    return std::pair(bounds((*shape)[0], symbols)->high, bounds((*shape)[1], symbols)->high);
  };
  EXPECT_EQ(most({-1, -1}, {2, 6}), (std::pair<int64_t, int64_t>{24, 6})) << "48 / 2";
  EXPECT_EQ(most({0, 0}, {-1, -1}), (std::pair<int64_t, int64_t>{8, 48}));
  EXPECT_EQ(most({2, 12}, {1, 4}), (std::pair<int64_t, int64_t>{12, 4}));
  EXPECT_EQ(most({-1, 16}, {-1, 3}), (std::pair<int64_t, int64_t>{48, 48}));
}

}  // namespace
}  // namespace tenon::builder
