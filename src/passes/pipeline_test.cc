// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "passes/pipeline.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "ir/text.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class PipelineTest : public ::testing::Test {
 protected:
  void SetUp() override { unsetenv("TENON_SKIP_PASS"); }
  void TearDown() override { unsetenv("TENON_SKIP_PASS"); }

  std::unique_ptr<ir::Graph> chain(int pairs) {
    auto graph = std::make_unique<ir::Graph>();
    ir::Value* value = graph->add_input("x", DType::F32, {16});
    for (int i = 0; i < pairs; ++i) {
      const auto number = std::to_string(i);
      ir::Value* c =
          graph->add_constant(make_floats(Dims{16}, [&](int64_t) { return i + 1; }), "c" + number);
      auto sum = graph->add(ops::ElementWise{}, {value, c}, "add" + number, diag_);
      auto relu = graph->add(ops::Activation{}, {(*sum)->output()}, "relu" + number, diag_);
      value = (*relu)->output();
    }
    graph->mark_output(value);
    value->name = "y";
    return graph;
  }
  static size_t pointwise_nodes(const ir::Graph& graph) {
    return nodes_of<ops::Pointwise>(graph).size();
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const auto& entry : sink_.entries) all.push_back(entry.text);
    return all;
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_, Severity::Info};
};

TEST_F(PipelineTest, AThousandOperatorsBecomeTwoNodes) {
  auto graph = chain(500);
  ASSERT_TRUE(run_pipeline(*graph, {}, diag_).ok()) << sink_.errors();
  const auto nodes = nodes_of<ops::Pointwise>(*graph);
  ASSERT_EQ(nodes.size(), 2U);
  for (const ir::Node* node : nodes) {
    EXPECT_LE(node->as<ops::Pointwise>()->steps.size(), kMaxPointwiseSteps);
    EXPECT_THAT(node->name, HasSubstr(" + … + "));
  }
  EXPECT_EQ(nodes[0]->sources.size() + nodes[1]->sources.size(), 1000U);
  EXPECT_EQ(graph->outputs()[0]->name, "y");
}

TEST_F(PipelineTest, SkipsWhatOptionsAndEnvironmentName) {
  auto graph = chain(3);
  Options options;
  options.skip = {"fuse_pointwise"};
  ASSERT_TRUE(run_pipeline(*graph, options, diag_).ok());
  EXPECT_EQ(pointwise_nodes(*graph), 0U);

  setenv("TENON_SKIP_PASS", "dead_code,,fuse_pointwise,", 1);
  std::vector<std::string> ran;
  options.skip.clear();
  options.after = [&](std::string_view pass, const ir::Graph&, double ms) {
    EXPECT_GE(ms, 0);
    ran.emplace_back(pass);
  };
  ASSERT_TRUE(run_pipeline(*graph, options, diag_).ok());
  EXPECT_THAT(ran, Not(Contains("fuse_pointwise")));
  EXPECT_THAT(ran, Not(Contains("dead_code")));
  EXPECT_THAT(ran, Contains("fold_scale"));

  unsetenv("TENON_SKIP_PASS");
  ASSERT_TRUE(run_pipeline(*graph, {}, diag_).ok());
  EXPECT_EQ(pointwise_nodes(*graph), 1U);
  EXPECT_TRUE(sink_.entries.empty());
}

TEST_F(PipelineTest, WarnsOfAnUnknownName) {
  auto graph = chain(1);
  Options options;
  options.skip = {"fuse_everything"};
  ASSERT_TRUE(run_pipeline(*graph, options, diag_).ok());
  EXPECT_THAT(texts(), ElementsAre(HasSubstr("there is no pass \"fuse_everything\" to skip; there "
                                             "are dead_code, unfold, ")));
}

TEST_F(PipelineTest, DoesNotFuseWhenToldNotTo) {
  auto graph = chain(3);
  Options options;
  options.fuse = false;
  ASSERT_TRUE(run_pipeline(*graph, options, diag_).ok());
  EXPECT_EQ(pointwise_nodes(*graph), 0U);
}

TEST_F(PipelineTest, KeepsValuesPeopleLookAt) {
  auto graph = chain(3);
  Options options;
  options.keep = {"add1:0"};
  ASSERT_TRUE(run_pipeline(*graph, options, diag_).ok());
  ASSERT_NE(graph->find_value("add1:0"), nullptr);
  EXPECT_EQ(pointwise_nodes(*graph), 2U);
}

TEST_F(PipelineTest, NamesThePassThatBrokeTheGraph) {
  auto graph = chain(1);
  const Pass breaks[] = {{"break_types", [](ir::Graph& broken, PassContext& context) {
                            ir::Node* sum = nodes_of<ops::ElementWise>(broken)[0];
                            sum->op = ops::ElementWise{ops::ElementWiseKind::And};
                            ++context.changes;
                            return Status{};
                          }}};
  EXPECT_FALSE(run_passes(*graph, breaks, {}, diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("pass break_types broke the graph: leave it out with "
                                        "TENON_SKIP_PASS=break_types"));
}

TEST_F(PipelineTest, NamesThePassThatLostAnOutput) {
  auto graph = chain(1);
  const Pass loses[] = {{"lose_output", [](ir::Graph& broken, PassContext& context) {
                           broken.unmark_output(broken.outputs()[0]);
                           ++context.changes;
                           return Status{};
                         }}};
  EXPECT_FALSE(run_passes(*graph, loses, {}, diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("the network's outputs have changed"));
  EXPECT_THAT(sink_.errors(), HasSubstr("pass lose_output"));
}

TEST(FusedName, ShortensLongNames) {
  const auto name = [](std::vector<std::string> names) { return fused_name(names); };
  EXPECT_EQ(name({"a", "b"}), "a + b");
  EXPECT_EQ(name({"a + b", "c", "d"}), "a + b + c + d");
  EXPECT_EQ(name({"a + b", "c", "d + e"}), "a + … + e (5 layers)");
  EXPECT_EQ(name({"a + … + e (5 layers)", "f"}), "a + … + f (6 layers)");
  EXPECT_EQ(name({"z", "a + … + e (5 layers)"}), "z + … + e (6 layers)");
  EXPECT_EQ(name({"odd (3 layers)", "b"}), "odd (3 layers) + b");
}

}  // namespace
}  // namespace tenon::passes
