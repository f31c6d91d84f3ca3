// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Inputs become shape inputs when a reader needs their values, and stay as they were otherwise.
#include "ir/shape_input.h"

#include <gmock/gmock.h>

namespace tenon::ir {
namespace {

using testing::HasSubstr;

struct ShapeInput : testing::Test {
  Value* add(ops::Op op, std::vector<Value*> inputs) {
    auto node = graph.add(std::move(op), std::move(inputs), "", diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return (*node)->output();
  }
  Graph graph;
  CollectingSink sink;
  Diagnostics diag{sink};
};

TEST_F(ShapeInput, GivesEachElementASymbol) {
  Value* sizes = graph.add_input("sizes", DType::I32, {2});
  Value* doubled = add(ops::ElementWise{}, {sizes, sizes});
  ASSERT_TRUE(follow_content(graph, *doubled, diag).ok()) << sink.errors();
  ASSERT_TRUE(sizes->type.content && doubled->type.content);
  EXPECT_EQ(expr::to_string(*sizes->type.content, graph.symbols()), "[sizes[0], sizes[1]]");
  EXPECT_EQ(expr::to_string(*doubled->type.content, graph.symbols()),
            "[(sizes[0] + sizes[0]), (sizes[1] + sizes[1])]");
  const size_t symbols = graph.symbols().size();
  EXPECT_TRUE(follow_content(graph, *sizes, diag).ok());
  EXPECT_EQ(graph.symbols().size(), symbols);
}

TEST_F(ShapeInput, LeavesAloneWhatDoesNotHelp) {
  Value* index = graph.add_input("index", DType::I64, {1});
  Value* table = graph.add_input("table", DType::I64, {1000});
  Value* picked = add(ops::Gather{0}, {table, index});
  EXPECT_FALSE(follow_content(graph, *picked, diag).ok());
  EXPECT_FALSE(index->type.content || table->type.content || picked->type.content);
  EXPECT_THAT(sink.errors(), HasSubstr("the values of tensor \"gather_0:0\" (i64 [1])"));
  EXPECT_FALSE(follow_content(graph, *graph.add_input("x", DType::F32, {2}), diag).ok());
  EXPECT_FALSE(follow_content(
                   graph, *graph.add_input("open", DType::I32, {graph.symbols().named("N")}), diag)
                   .ok());
}

}  // namespace
}  // namespace tenon::ir
