// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conditionals that run.
#include "control/control_test.h"

namespace tenon::control {

namespace {

using testing::ElementsAre;
using Conditionals = ControlFixture;

constexpr const char* kEither = R"(input %x : f32[N]
input %c : bool[]
= condition(%c) {conditional = 3} "which"
%i : f32[N] = conditional_input(%x) {conditional = 3}
%twice : f32[N] = element_wise(%i, %i) {kind = add}
%negated : f32[N] = unary(%i) {kind = neg}
%y : f32[N] = conditional_output(%twice, %negated) {conditional = 3}
output %y
)";

TEST_F(Conditionals, TakeTheBranchThatTheConditionSays) {
  config.profiles = {{{{"x", {1}, {2}, {4}, {}, {}, {}}}}};
  auto engine = engine_of(kEither);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto x = tensor<float>({3}, {1, 2, 3});
  EXPECT_THAT(run<float>(engine, {{"x", x}, {"c", boolean(true)}}, "y"), ElementsAre(2, 4, 6));
  EXPECT_THAT(run<float>(engine, {{"x", x}, {"c", boolean(false)}}, "y"), ElementsAre(-1, -2, -3));
  const auto four = tensor<float>({4}, {1, 2, 3, 4});
  EXPECT_THAT(run<float>(engine, {{"x", four}, {"c", boolean(true)}}, "y"),
              ElementsAre(2, 4, 6, 8));
}

TEST_F(Conditionals, GiveShapesThatTheBranchSays) {
  // The text cannot name a size that only a run knows: built in code.
  ir::Graph graph;
  ir::Value* x = graph.add_input("x", DType::F32, {expr::Expr(4)});
  ir::Value* c = graph.add_input("c", DType::Bool, {});
  const auto add = [&](ops::Op op, std::vector<ir::Value*> inputs, const char* name) {
    auto node = graph.add(std::move(op), std::move(inputs), name, diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return *node;
  };
  add(ops::Condition{1}, {c}, "which");
  ir::Value* i = add(ops::ConditionalInput{1}, {x}, "i")->output();
  ir::Value* longer = add(ops::Concat{0}, {i, i}, "longer")->output();
  ir::Value* negated = add(ops::Unary{ops::UnaryKind::Neg}, {i}, "negated")->output();
  ir::Value* y = add(ops::ConditionalOutput{1}, {longer, negated}, "y")->output();
  y->name = "y";
  graph.mark_output(y);
  auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  auto engine = load(*plan);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto given = tensor<float>({4}, {1, 2, 3, 4});
  EXPECT_THAT(run<float>(engine, {{"x", given}, {"c", boolean(true)}}, "y"),
              ElementsAre(1, 2, 3, 4, 1, 2, 3, 4));
  EXPECT_THAT(run<float>(engine, {{"x", given}, {"c", boolean(false)}}, "y"),
              ElementsAre(-1, -2, -3, -4));
}

TEST_F(Conditionals, WithinConditionals) {
  auto engine = engine_of(R"(input %x : f32[2]
input %c : bool[]
input %d : bool[]
= condition(%c) {conditional = 1} "outer"
%i : f32[2] = conditional_input(%x) {conditional = 1}
%e : bool[] = conditional_input(%d) {conditional = 1}
= condition(%e) {conditional = 2} "inner"
%k : f32[2] = conditional_input(%i) {conditional = 2}
%abs : f32[2] = unary(%k) {kind = abs}
%neg : f32[2] = unary(%k) {kind = neg}
%in : f32[2] = conditional_output(%abs, %neg) {conditional = 2}
%y : f32[2] = conditional_output(%in, %i) {conditional = 1}
output %y
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto x = tensor<float>({2}, {-1, 2});
  const auto with = [&](bool c, bool d) {
    return run<float>(engine, {{"x", x}, {"c", boolean(c)}, {"d", boolean(d)}}, "y");
  };
  EXPECT_THAT(with(true, true), ElementsAre(1, 2));
  EXPECT_THAT(with(true, false), ElementsAre(1, -2));
  EXPECT_THAT(with(false, true), ElementsAre(-1, 2));
}

}  // namespace

}  // namespace tenon::control
