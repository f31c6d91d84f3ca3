// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents become numbers where all profiles agree on one, and only there.
#include "builder/settle.h"

#include <gtest/gtest.h>

#include "builder/profiles.h"

namespace tenon::builder {
namespace {

struct SettleTest : testing::Test {
  SettleTest() {
    n = graph.symbols().named("N");
    m = graph.symbols().named("M");
    graph.add_input("x", DType::F32, {n, m});
    graph.add_input("y", DType::F32, {n, m});
  }
  void add(ops::Op op, size_t inputs) {
    std::vector<ir::Value*> read(graph.inputs().begin(),
                                 graph.inputs().begin() + static_cast<ptrdiff_t>(inputs));
    auto node = graph.add(std::move(op), std::move(read), "", diag);
    ASSERT_TRUE(node.ok()) << sink.errors();
    output = (*node)->output();
    graph.mark_output(output);
  }
  void settle(const std::vector<std::array<Dims, 2>>& ranges) {
    std::vector<ProfileRanges> given;
    for (const auto& [min, max] : ranges) {
      given.push_back({{{"x", min, min, max, {}, {}, {}}, {"y", min, min, max, {}, {}, {}}}});
    }
    const auto profiles = complete_profiles(graph, given, diag);
    ASSERT_TRUE(profiles.ok()) << sink.errors();
    ASSERT_TRUE(settle_extents(graph, *profiles, diag).ok()) << sink.errors();
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  ir::Graph graph;
  expr::Expr n, m;
  ir::Value* output = nullptr;
};

TEST_F(SettleTest, OneNumberInAllProfilesIsWritten) {
  add(ops::Concat{0}, 2);
  settle({{{{2, 3}, {2, 8}}}, {{{2, 1}, {2, 3}}}});
  EXPECT_EQ(output->shape(), (expr::Shape{4, m}));
  EXPECT_EQ(graph.inputs()[0]->shape(), (expr::Shape{2, m}));
}

TEST_F(SettleTest, DifferentNumbersInTwoProfilesStayOpen) {
  add(ops::Concat{0}, 2);
  settle({{{{2, 3}, {2, 3}}}, {{{4, 3}, {4, 3}}}});
  EXPECT_EQ(output->shape(), (expr::Shape{n + n, 3}));
}

TEST_F(SettleTest, ReachesTheParametersOfOperators) {
  add(ops::Reshape{{n * m}}, 1);
  settle({{{{2, 3}, {2, 3}}}});
  EXPECT_EQ(output->shape(), (expr::Shape{6}));
}

TEST_F(SettleTest, LeavesSymbolsThatBoundsMention) {
  graph.symbols().data_dependent("count", n, n * 4);
  add(ops::Concat{0}, 2);
  settle({{{{2, 3}, {2, 3}}}});
  EXPECT_EQ(output->shape(), (expr::Shape{n + n, 3}));
}

}  // namespace
}  // namespace tenon::builder
