// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "ir/verify.h"

#include <gmock/gmock.h>

namespace tenon::ir {
namespace {

using ::testing::HasSubstr;

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    x_ = graph_.add_input("x", DType::F32, {2, 3});
    auto node = graph_.add(ops::Activation{}, {x_}, "a", diag_);
    ASSERT_TRUE(node.ok());
    a_ = *node;
    graph_.mark_output(a_->output());
    ASSERT_TRUE(verify(graph_, diag_).ok()) << sink_.errors();
  }
  void expect_fault(const char* part) {
    EXPECT_FALSE(verify(graph_, diag_).ok());
    EXPECT_THAT(sink_.errors(), HasSubstr(part));
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_};
  Graph graph_;
  Value* x_ = nullptr;
  Node* a_ = nullptr;
};

TEST_F(VerifyTest, FindsAWrongShape) {
  a_->output()->type.shape = {2, 4};
  expect_fault("value \"a:0\" is f32[2, 4] where the rule of node \"a\" says f32[2, 3]");
}

TEST_F(VerifyTest, FindsAWrongElementType) {
  a_->output()->type.dtype = DType::I32;
  expect_fault("is i32[2, 3] where");
}

TEST_F(VerifyTest, FindsContentThatIsNotSo) {
  a_->output()->type.content = ops::Content{1};
  expect_fault("holding [1]");
}

TEST_F(VerifyTest, FindsTwoOfOneName) {
  a_->output()->name = "x";
  expect_fault("two inputs or outputs of the network are named \"x\"");
}

TEST_F(VerifyTest, LetsAnInputBeAnOutput) {
  graph_.mark_output(x_);
  EXPECT_TRUE(verify(graph_, diag_).ok()) << sink_.errors();
}

TEST_F(VerifyTest, FindsAReadingBeforeTheMaking) {
  auto b = graph_.add(ops::Activation{}, {x_}, "b", diag_);
  ASSERT_TRUE(b.ok());
  graph_.set_input(a_, 0, (*b)->output());
  expect_fault("node \"a\" reads input 0 before it is made");
}

TEST_F(VerifyTest, FindsAnOperatorThatWasChangedWithoutTyping) {
  a_->op = ops::Reduce{ops::ReduceKind::Sum, Dims{1}, true};
  expect_fault("says f32[2, 1]");
}

}  // namespace
}  // namespace tenon::ir
