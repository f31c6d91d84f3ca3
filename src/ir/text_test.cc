// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "ir/text.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "ir/verify.h"

namespace tenon::ir {
namespace {

using ::testing::HasSubstr;

class TextTest : public ::testing::Test {
 protected:
  /// The text read and written again must be the text.
  void expect_round_trip(std::string_view text) {
    auto graph = parse(text, diag_);
    ASSERT_TRUE(graph.ok()) << sink_.errors();
    EXPECT_TRUE(verify(**graph, diag_).ok()) << sink_.errors();
    EXPECT_EQ(print(**graph), text);
  }
  void expect_refused(std::string_view text, const char* part) {
    sink_.entries.clear();
    EXPECT_FALSE(parse(text, diag_).ok()) << text;
    EXPECT_THAT(sink_.errors(), HasSubstr(part)) << text;
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_};
};

TEST_F(TextTest, ReadsWhatItWrites) {
  expect_round_trip(R"(graph "lenet"
input %x : f32[N, 1, 28, 28]
%w : f32[20, 1, 5, 5] = constant {data = splat(0.5)}
%b : f32[20] = constant {data = splat(-0)}
%y : f32[N, 20, 24, 24] = convolution(%x, %w, %b) {kernel = [5, 5], strides = [1, 1], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "conv1"
output %y
)");
}

TEST_F(TextTest, ReadsEveryKindOfMember) {
  expect_round_trip(R"(input %x : f32[N, 8, 4, 4] formats [0, 9]
input %k : i64[2]
%w : f32[8, 4, 1, 1] = constant {data = splat(1e-05)}
%c : f32[N, 8, 4, 4] = convolution(%x, %w, _, %x) {kernel = [1, 1], strides = [1, 1], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1], groups = 2, activation = {kind = clip, alpha = -1.5, beta = inf}} "conv" from "a", "b \"c\""
%s : f32[N, 8, 2, 4] = slice(%c) {starts = [0, 0, 1, 0], sizes = [N, 8, 2, 4], steps = [1, 1, 1, 1]} "cut"
%r : f32[(N * 2), 32] = reshape(%s) {target = [(N * 2), 32]} "flat"
%m : f32[(N * 2), 32] = softmax(%r) {axis = 1, log = true} "soft"
%i : i32[(N * 2), 32] = cast(%m) {to = i32} "to int"
%"odd name" : f32[(N * 2), 32] = pointwise(%r, %m) {steps = [load 0, load 1, mul 0 1, clip 2 {alpha = -1, beta = 1}, neg 3]} "chain"
%p : f32[(N * 2), 34] = pad(%"odd name") {begin = [0, 1], end = [0, 1], mode = edge, value = 0.1} "pad"
output %i
output %p formats [1]
)");
}

TEST_F(TextTest, WritesConstantsBitByBit) {
  expect_round_trip(R"(%a : f32[3] = constant {data = [0.1, -0, 1e-45]}
%b : f32[2] = constant {data = [inf, 0x7fc00001]}
%c : f64[2] = constant {data = [0.1, -inf]}
%d : f16[2] = constant {data = [0x3c00, 0x0]}
%e : i64[2] = constant {data = [-9223372036854775808, 9223372036854775807]}
%f : i8[3] = constant {data = [-128, 127, 0]}
%g : u8[2] = constant {data = [0, 255]}
%h : bool[2] = constant {data = [1, 0]}
%i : i4[3] = constant {data = [-8, 7, 1]}
%j : i32[] = constant {data = [7]}
%k : f32[0] = constant {data = []}
%l : bf16[2, 2] = constant {data = splat(0x3f80)}
%m : i64[2, 20] = constant {data = splat(-3)}
)");
}

TEST_F(TextTest, WritesLongConstantsAsHash) {
  std::vector<int32_t> numbers(17);
  std::iota(numbers.begin(), numbers.end(), 0);
  Graph graph;
  graph.add_constant(ops::ConstantData::of<int32_t>(Dims{17}, std::span<const int32_t>(numbers)),
                     "c");
  const std::string text = print(graph);
  EXPECT_THAT(text, HasSubstr("%c : i32[17] = constant {data = hash("));
  expect_refused(text, "line 1: a constant given by its hash cannot be read back");
}

TEST_F(TextTest, NamesThatAreAlikeAreToldApart) {
  Graph graph;
  Value* x = graph.add_input("x", DType::F32, {1});
  for (int i = 0; i < 2; ++i) {
    auto node = graph.add(ops::Activation{}, {x}, "twin", diag_);
    ASSERT_TRUE(node.ok());
    (*node)->output()->name = "x";
  }
  EXPECT_EQ(print(graph),
            "input %x : f32[1]\n"
            "%x.2 : f32[1] = activation(%x) \"twin\"\n"
            "%x.3 : f32[1] = activation(%x) \"twin\"\n");
}

TEST_F(TextTest, CommentsAndBrokenLinesAreSpace) {
  auto graph = parse("# a relu\ninput %x : f32[1]\n%y : f32[1] =\n  activation(%x)\n#end", diag_);
  ASSERT_TRUE(graph.ok()) << sink_.errors();
  EXPECT_EQ((*graph)->nodes().size(), 1U);
  EXPECT_EQ((*graph)->nodes()[0]->name, "y");
}

TEST_F(TextTest, RefusesWithTheLineAndTheReason) {
  expect_refused("input %x : f31[1]", "line 1: expected an element type before `[1]`");
  expect_refused("input %x : f32[1]\n%y : f32[1] = frobnicate(%x)",
                 "line 2: there is no operator \"frobnicate\"");
  expect_refused("%y : f32[1] = activation(%x)", "%x is read before any line declares it");
  expect_refused("input %x : f32[1]\ninput %x : f32[1]", "line 2: %x is declared twice");
  expect_refused("input %x : f32[2]\n%y : f32[3] = activation(%x)",
                 "line 2: %y is f32[2] by the rule of activation");
  expect_refused("input %x : f32[2]\n%y : f32[M] = activation(%x)",
                 "expected an extent in the symbols of the inputs");
  expect_refused("input %x : f32[2]\n%y : f32[2] = activation(%x) {kind = sharp}",
                 "expected another kind before `}`");
  expect_refused("input %x : f32[2]\n%y : f32[2] = activation(%x) {gamma = 1}",
                 "there is no parameter \"gamma\"");
  expect_refused("input %x : f32[2]\n%y : f32[2] = pointwise(%x) {steps = [load 0, add 0]}",
                 "line 2: expected the number of a step before `]}`");
  expect_refused("input %x : f32[2]\n%y : f32[2] = pointwise(%x) {steps = [jump 0]}",
                 "line 2: expected load, or what a step does, before `0]}`");
  expect_refused("%c : f32[2] = constant {data = [1]}", "as many elements as the shape says");
  expect_refused("%c : f32[2] = constant {data = [1, 2, 3]}", "expected fewer elements");
  expect_refused("%c : u8[1] = constant {data = [256]}", "expected an element of the declared");
  expect_refused("%c : i8[1] = constant {data = [-129]}", "expected an element of the declared");
  expect_refused("%c : f32[1]  = constant", "expected the data of a constant");
  expect_refused("%c : f32[9999999, 9999999] = constant {data = splat(1)}", "fewer elements");
  expect_refused("input %x : f32[1]\n%y : f32[1] = foreign(%x)", "a plugin cannot be read");
  expect_refused("input %x : f32[1", "line 1: expected");
  expect_refused("output", "expected");
}

}  // namespace
}  // namespace tenon::ir
