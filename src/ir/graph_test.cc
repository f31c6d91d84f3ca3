// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "ir/graph.h"

#include <gmock/gmock.h>

#include "ir/text.h"
#include "ir/verify.h"

namespace tenon::ir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GraphTest : public ::testing::Test {
 protected:
  Node* add(ops::Op op, std::vector<Value*> inputs, std::string name) {
    auto node = graph_.add(std::move(op), std::move(inputs), std::move(name), diag_);
    EXPECT_TRUE(node.ok()) << sink_.errors();
    return node.ok() ? *node : nullptr;
  }
  Node* relu(Value* x, std::string name) { return add(ops::Activation{}, {x}, std::move(name)); }
  void expect_sound() { EXPECT_TRUE(verify(graph_, diag_).ok()) << sink_.errors(); }
  std::vector<std::string> order() const {
    std::vector<std::string> names;
    for (const auto& node : graph_.nodes()) names.push_back(node->name);
    return names;
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_};
  Graph graph_;
};

TEST_F(GraphTest, TypesAndLinksNewNodes) {
  Value* x = graph_.add_input("x", DType::F32, {graph_.symbols().named("N"), 3});
  Node* a = relu(x, "a");
  Node* sum = add(ops::ElementWise{}, {a->output(), x}, "");
  graph_.mark_output(sum->output());

  EXPECT_EQ(sum->name, "element_wise_0");
  EXPECT_EQ(a->output()->name, "a:0");
  EXPECT_EQ(sum->output()->shape(), x->shape());
  EXPECT_THAT(x->uses(), ElementsAre(Use{a, 0}, Use{sum, 1}));
  EXPECT_EQ(a->output()->producer(), a);
  EXPECT_TRUE(sum->output()->is_network_output());
  EXPECT_EQ(graph_.find_node("a"), a);
  EXPECT_EQ(graph_.find_value("a:0"), a->output());
  EXPECT_EQ(graph_.find_value("b"), nullptr);
  expect_sound();
}

TEST_F(GraphTest, AddsNothingWhenTheRuleRefuses) {
  Value* x = graph_.add_input("x", DType::F32, {2});
  Value* y = graph_.add_input("y", DType::F32, {3});
  EXPECT_FALSE(graph_.add(ops::ElementWise{}, {x, y}, "sum", diag_).ok());
  EXPECT_TRUE(graph_.nodes().empty());
  EXPECT_TRUE(x->uses().empty());
  EXPECT_THAT(sink_.errors(), HasSubstr("node \"sum\""));
}

TEST_F(GraphTest, KnowsConstantsAndTheirContent) {
  const int64_t numbers[] = {2, 3};
  Value* c = graph_.add_constant(
      ops::ConstantData::of<int64_t>(Dims{2}, std::span<const int64_t>(numbers)), "c");
  ASSERT_NE(c->constant(), nullptr);
  EXPECT_EQ(c->constant()->integer(1), 3);
  ASSERT_TRUE(c->type.content.has_value());
  EXPECT_EQ((*c->type.content)[1], expr::Expr(3));
  EXPECT_EQ(graph_.add_input("x", DType::F32, {})->constant(), nullptr);
  Value* unnamed = graph_.add_constant(
      ops::ConstantData::of<int64_t>(Dims{2}, std::span<const int64_t>(numbers)), "");
  EXPECT_EQ(unnamed->name, "constant_0");
}

TEST_F(GraphTest, EditsInputsAndErases) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Value* y = graph_.add_input("y", DType::F32, {4});
  Node* a = relu(x, "a");
  Node* sum = add(ops::ElementWise{}, {a->output(), a->output()}, "sum");
  graph_.set_input(sum, 0, y);
  EXPECT_THAT(a->output()->uses(), ElementsAre(Use{sum, 1}));
  graph_.set_input(sum, 1, x);
  graph_.erase(a);
  EXPECT_THAT(order(), ElementsAre("sum"));
  EXPECT_THAT(x->uses(), ElementsAre(Use{sum, 1}));

  graph_.append_input(sum, y);
  EXPECT_EQ(sum->inputs().size(), 3U);
  graph_.truncate_inputs(sum, 2);
  EXPECT_THAT(y->uses(), ElementsAre(Use{sum, 0}));
  graph_.set_input(sum, 3, y);
  EXPECT_EQ(sum->input(2), nullptr);
  EXPECT_EQ(sum->input(7), nullptr);
  graph_.truncate_inputs(sum, 2);
  graph_.set_input(sum, 0, x);
  graph_.erase_input(y);
  EXPECT_THAT(graph_.inputs(), ElementsAre(x));
  expect_sound();
}

TEST_F(GraphTest, ReplacesReadersAndMovesTheOutputName) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* a = relu(x, "a");
  Node* copy = add(ops::Identity{}, {a->output()}, "copy");
  Node* b = relu(copy->output(), "b");
  graph_.mark_output(copy->output());
  graph_.mark_output(b->output());
  copy->output()->name = "answer";
  copy->output()->allowed_formats = {0};

  graph_.replace(copy->output(), a->output());
  EXPECT_EQ(b->input(0), a->output());
  EXPECT_THAT(graph_.outputs(), ElementsAre(a->output(), b->output()));
  EXPECT_EQ(a->output()->name, "answer");
  EXPECT_THAT(a->output()->allowed_formats, ElementsAre(0));
  EXPECT_FALSE(copy->output()->is_network_output());
  graph_.erase(copy);
  expect_sound();
}

TEST_F(GraphTest, AnOutputStaysWhereItsHeirHasANameAlready) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* copy = add(ops::Identity{}, {x}, "copy");
  Node* a = relu(copy->output(), "a");
  graph_.mark_output(copy->output());
  graph_.replace(copy->output(), x);
  EXPECT_EQ(a->input(0), x);
  EXPECT_TRUE(copy->output()->is_network_output());
  expect_sound();
}

TEST_F(GraphTest, ReplacingByANodeBehindTheValueMakesNoCycle) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* a = relu(x, "a");
  auto between = graph_.insert(a, ops::Identity{}, {x}, "between", diag_);
  ASSERT_TRUE(between.ok());
  graph_.replace(x, (*between)->output());
  EXPECT_EQ((*between)->input(0), x);
  EXPECT_EQ(a->input(0), (*between)->output());
  EXPECT_THAT(order(), ElementsAre("between", "a"));
  expect_sound();
}

TEST_F(GraphTest, SortKeepsTheOrderWhereItCan) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* a = relu(x, "a");
  relu(x, "b");
  Node* c = relu(x, "c");
  relu(x, "d");
  graph_.set_input(a, 0, c->output());
  EXPECT_FALSE(verify(graph_, diag_).ok());
  ASSERT_TRUE(graph_.sort(diag_).ok());
  EXPECT_THAT(order(), ElementsAre("c", "a", "b", "d"));
  expect_sound();

  graph_.set_input(c, 0, a->output());
  EXPECT_FALSE(graph_.sort(diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("cycle"));
}

TEST_F(GraphTest, RefreshFollowsAChangedShape) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* a = relu(x, "a");
  Node* b = relu(a->output(), "b");
  x->type.shape = {5};
  EXPECT_FALSE(verify(graph_, diag_).ok());
  ASSERT_TRUE(graph_.refresh(diag_).ok());
  EXPECT_EQ(b->output()->shape(), expr::Shape{5});
  expect_sound();
}

/// A plugin that gives its input cut to a length known only when it runs.
class Cutter final : public ops::ForeignOp {
 public:
  explicit Cutter(bool clonable) : clonable_(clonable) {}
  const ops::PluginId& id() const noexcept override { return id_; }
  std::string_view family() const noexcept override { return "test"; }
  size_t output_count() const noexcept override { return 1; }
  Status infer(ops::Inference& inference) override {
    const expr::Expr upper = inference.in(0).shape[0];
    inference.out(DType::F32, {inference.symbols.data_dependent("length", upper, upper)});
    return {};
  }
  size_t shape_input_count() const noexcept override { return 0; }
  std::shared_ptr<ForeignOp> clone() const override {
    return clonable_ ? std::make_shared<Cutter>(true) : nullptr;
  }
  std::string describe() const override { return "{}"; }
  kernel::CandidateSource& kernels() noexcept override { std::abort(); }

 private:
  bool clonable_;
  ops::PluginId id_{"Cutter", "1", ""};
};

TEST_F(GraphTest, RuntimeSizesKeepTheirSymbols) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  Node* cut = add(ops::Foreign{std::make_shared<Cutter>(true)}, {x}, "cut");
  Node* a = relu(cut->output(), "a");
  const expr::Shape before = a->output()->shape();
  EXPECT_TRUE(before[0].is_symbol());
  expect_sound();
  ASSERT_TRUE(graph_.refresh(diag_).ok());
  EXPECT_EQ(a->output()->shape(), before);
  EXPECT_EQ(graph_.symbols().size(), 1U);

  x->type.shape = {9};  // other bounds are another size
  ASSERT_TRUE(graph_.refresh(diag_).ok());
  EXPECT_NE(a->output()->shape(), before);
  expect_sound();
  EXPECT_THAT(print(graph_), HasSubstr("foreign(%x) {plugin = \"Cutter\""));
}

TEST_F(GraphTest, CloneIsDeep) {
  graph_.name = "g";
  Value* x = graph_.add_input("x", DType::F32, {graph_.symbols().named("N")});
  Node* cut = add(ops::Foreign{std::make_shared<Cutter>(true)}, {x}, "cut");
  Node* a = relu(cut->output(), "a");
  graph_.mark_output(a->output());

  auto copy = graph_.clone(diag_);
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(print(**copy), print(graph_));
  EXPECT_TRUE(verify(**copy, diag_).ok()) << sink_.errors();
  EXPECT_NE((*copy)->find_node("cut")->as<ops::Foreign>()->op, cut->as<ops::Foreign>()->op);
  EXPECT_NE((*copy)->outputs()[0], graph_.outputs()[0]);
}

TEST_F(GraphTest, CloneNamesThePluginThatCannot) {
  Value* x = graph_.add_input("x", DType::F32, {4});
  add(ops::Foreign{std::make_shared<Cutter>(false)}, {x}, "cut");
  EXPECT_FALSE(graph_.clone(diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("node \"cut\": plugin Cutter"));
}

}  // namespace
}  // namespace tenon::ir
