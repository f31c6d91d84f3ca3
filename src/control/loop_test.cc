// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops that run.
#include "control/control_test.h"

namespace tenon::control {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Loops = ControlFixture;

TEST_F(Loops, CarryAValueOn) {
  config.profiles = {{{{"x", {1}, {2}, {3}, {}, {}, {}}}}};
  auto engine = engine_of(R"(input %x : f32[N]
input %n : i32[]
%state : f32[N] = recurrence(%x, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[N] = element_wise(%state, %x) {kind = add}
%y : f32[N] = loop_output(%state) {loop = 1}
%z : f32[N] = loop_output(%next) {loop = 1}
output %y
output %z
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  for (const int32_t n : {0, 1, 2, 7}) {
    const builder::Tensors inputs = {{"x", tensor<float>({2}, {1, 10})},
                                     {"n", tensor({}, std::vector{n})}};
    const auto times = static_cast<float>(n + 1);
    EXPECT_THAT(run<float>(engine, inputs, "y"), ElementsAre(times, 10 * times)) << n;
    const float last = n == 0 ? 0 : times;
    EXPECT_THAT(run<float>(engine, inputs, "z"), ElementsAre(last, 10 * last)) << n;
  }
  const builder::Tensors longer = {{"x", tensor<float>({3}, {1, 2, 3})},
                                   {"n", tensor<int32_t>({}, {1})}};
  EXPECT_THAT(run<float>(engine, longer, "y"), ElementsAre(2, 4, 6));
}

TEST_F(Loops, SwapStates) {
  auto engine = engine_of(R"(input %x : f32[1]
input %y : f32[1]
%n : i64[] = constant {data = [3]}
%a : f32[1] = recurrence(%x, %b) {loop = 1}
%b : f32[1] = recurrence(%y, %a) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%p : f32[1] = loop_output(%a) {loop = 1}
%q : f32[1] = loop_output(%b) {loop = 1}
output %p
output %q
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const builder::Tensors inputs = {{"x", tensor<float>({1}, {1})}, {"y", tensor<float>({1}, {2})}};
  EXPECT_THAT(run<float>(engine, inputs, "p"), ElementsAre(2));
  EXPECT_THAT(run<float>(engine, inputs, "q"), ElementsAre(1));
}

TEST_F(Loops, EndWhenTheConditionIsFalse) {
  auto engine = engine_of(kDoubledToTen);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {3})}}, "y"), ElementsAre(12));
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {11})}}, "y"), ElementsAre(11));
}

TEST_F(Loops, ReadSlicesAndStackValues) {
  auto engine = engine_of(R"(input %x : f32[2, 3]
input %zero : f32[2]
%n : i32[] = constant {data = [3]}
%column : f32[2] = iterator(%x) {loop = 1, axis = 1, reverse = true}
%sum : f32[2] = recurrence(%zero, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[2] = element_wise(%sum, %column) {kind = add}
%last : f32[2] = loop_output(%sum) {loop = 1}
%rows : f32[3, 2] = loop_output(%next, %n) {loop = 1, kind = concatenate}
%back : f32[2, 3] = loop_output(%next, %n) {loop = 1, kind = reverse, axis = 1}
output %last
output %rows
output %back
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const builder::Tensors inputs = {{"x", tensor<float>({2, 3}, {1, 2, 3, 10, 20, 30})},
                                   {"zero", tensor<float>({2}, {0, 0})}};
  EXPECT_THAT(run<float>(engine, inputs, "last"), ElementsAre(6, 60));
  EXPECT_THAT(run<float>(engine, inputs, "rows"), ElementsAre(3, 30, 5, 50, 6, 60));
  EXPECT_THAT(run<float>(engine, inputs, "back"), ElementsAre(6, 5, 3, 60, 50, 30));
}

TEST_F(Loops, LeaveZerosWhereTheyEndEarly) {
  auto engine = engine_of(R"(input %n : i32[]
%four : i32[] = constant {data = [4]}
%one : f32[1] = constant {data = [1]}
%a : f32[1] = recurrence(%one, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[1] = element_wise(%a, %one) {kind = add}
%all : f32[4, 1] = loop_output(%a, %four) {loop = 1, kind = concatenate}
%back : f32[1, 4] = loop_output(%a, %four) {loop = 1, kind = reverse, axis = 1}
output %all
output %back
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const builder::Tensors two = {{"n", tensor<int32_t>({}, {2})}};
  EXPECT_THAT(run<float>(engine, two, "all"), ElementsAre(1, 2, 0, 0));
  EXPECT_THAT(run<float>(engine, two, "back"), ElementsAre(0, 0, 2, 1));
  const builder::Tensors minus = {{"n", tensor<int32_t>({}, {-1})}};
  EXPECT_THAT(run<float>(engine, minus, "all"), ElementsAre(0, 0, 0, 0));
}

TEST_F(Loops, FailByNameWhenThereIsNoRoom) {
  auto engine = engine_of(R"(input %x : f32[3, 2]
input %n : i32[]
%row : f32[2] = iterator(%x) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%y : f32[2] = loop_output(%row) {loop = 1}
output %y
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  std::vector<float> x(6), y(2);
  int32_t n = 4;
  ASSERT_TRUE(engine.context->set_tensor_address(0, x.data(), diag).ok());
  ASSERT_TRUE(engine.context->set_tensor_address(1, &n, diag).ok());
  ASSERT_TRUE(engine.context->set_tensor_address(2, y.data(), diag).ok());
  EXPECT_FALSE(engine.context->run({}, diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("goes on after 3 iterations"));
  n = 3;
  EXPECT_TRUE(engine.context->run({}, diag).ok()) << sink.errors();
}

TEST_F(Loops, WithinLoops) {
  auto engine = engine_of(R"(input %x : f32[]
%three : i32[] = constant {data = [3]}
%a : f32[] = recurrence(%x, %in) {loop = 1}
= trip_limit(%three) {loop = 1} "outer"
%b : f32[] = recurrence(%a, %next) {loop = 2}
= trip_limit(%three) {loop = 2} "inner"
%next : f32[] = element_wise(%b, %a) {kind = add}
%in : f32[] = loop_output(%b) {loop = 2}
%y : f32[] = loop_output(%a) {loop = 1}
output %y
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {2})}}, "y"), ElementsAre(128));
}

TEST_F(Loops, AreBuiltAlike) {
  const auto graph = graph_of(R"(input %x : f32[4]
%n : i32[] = constant {data = [3]}
%a : f32[4] = recurrence(%x, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[4] = unary(%a) {kind = sin}
%y : f32[4] = loop_output(%a) {loop = 1}
output %y
)");
  const auto first = build_plan(*graph), second = build_plan(*graph);
  ASSERT_TRUE(first.ok() && second.ok()) << sink.errors();
  EXPECT_EQ(*plan::write(*first, diag), *plan::write(*second, diag));
  ASSERT_EQ(first->steps.size(), 1U);
  EXPECT_EQ(first->steps[0].record.id.text(), "control/loop@1");
  EXPECT_THAT(first->steps[0].record.metadata, HasSubstr("body: next by ref/unary@"));
}

}  // namespace

}  // namespace tenon::control
