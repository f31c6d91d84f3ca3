// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What becomes of loops and conditionals, as text, and what is refused.
#include "control/control_test.h"
#include "ir/verify.h"

namespace tenon::control {

namespace {

struct Outline : ControlFixture {
  /// The graph after outlining; what was said where that fails.
  std::string outlined(const std::string& text) {
    const auto graph = graph_of(text);
    if (graph == nullptr) return "no graph";
    if (!outline(*graph, services(), diag).ok()) return sink.errors();
    EXPECT_TRUE(ir::verify(*graph, diag).ok()) << sink.errors();
    return ir::print(*graph);
  }
};

TEST_F(Outline, MakesANodeOfALoop) {
  EXPECT_EQ(outlined(R"(input %x : f32[N, 4]
%five : i32[] = constant {data = [5]}
%two : f32[1, 1] = constant {data = [2]}
%outside : f32[N, 4] = element_wise(%x, %two) {kind = mul}
%state : f32[N, 4] = recurrence(%x, %next) {loop = 1}
= trip_limit(%five) {loop = 1} "limit"
%next : f32[N, 4] = element_wise(%state, %outside) {kind = add}
%y : f32[N, 4] = loop_output(%state) {loop = 1}
output %y
)"),
            R"(input %x : f32[N, 4]
%five : i32[] = constant {data = [5]}
%two : f32[1, 1] = constant {data = [2]}
%outside : f32[N, 4] = element_wise(%x, %two) {kind = mul}
%y : f32[N, 4] = foreign(%x, %five, %outside) {plugin = "", version = "", namespace = "", parameters = "body:\ngraph \"loop 1/body\"\ninput %state : f32[N, 4]\ninput %outside : f32[N, 4]\n%next : f32[N, 4] = element_wise(%state, %outside)\noutput %next\n"} from "limit", "next", "state", "y"
output %y
)");
}

TEST_F(Outline, RefusesWhatIsReadOutside) {
  EXPECT_THAT(outlined(R"(input %x : f32[4]
%five : i32[] = constant {data = [5]}
%state : f32[4] = recurrence(%x, %next) {loop = 1}
= trip_limit(%five) {loop = 1} "limit"
%next : f32[4] = unary(%state) {kind = exp}
%y : f32[4] = loop_output(%state) {loop = 1}
%z : f32[4] = unary(%next) {kind = sin}
output %y
output %z
)"),
              testing::HasSubstr("\"z\" is made inside of loop 1, but read outside: take it out"));
}

TEST_F(Outline, RefusesALoopWithoutAnEnd) {
  EXPECT_THAT(outlined(R"(input %x : f32[4]
%state : f32[4] = recurrence(%x, %next) {loop = 1}
%next : f32[4] = unary(%state) {kind = exp}
%y : f32[4] = loop_output(%state) {loop = 1}
output %y
)"),
              testing::HasSubstr("loop 1 has no trip limit"));
}

TEST_F(Outline, RefusesARecurrenceWithoutNextValue) {
  EXPECT_THAT(outlined(R"(input %x : f32[4]
%five : i32[] = constant {data = [5]}
%state : f32[4] = recurrence(%x) {loop = 1}
= trip_limit(%five) {loop = 1} "limit"
%y : f32[4] = loop_output(%state) {loop = 1}
output %y
)"),
              testing::HasSubstr("recurrence \"state\" of loop 1 is never given its next value"));
}

TEST_F(Outline, IsRefusedWithoutOne) {
  config.outline = nullptr;
  EXPECT_EQ(engine_of(R"(input %x : f32[4]
input %c : bool[]
= condition(%c) {conditional = 1} "which"
%i : f32[4] = conditional_input(%x) {conditional = 1}
%y : f32[4] = conditional_output(%i, %i) {conditional = 1}
output %y
)")
                .context,
            nullptr);
  EXPECT_THAT(sink.errors(), testing::HasSubstr("layer 'which' belongs to a loop"));
}

}  // namespace

}  // namespace tenon::control
