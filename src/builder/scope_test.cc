// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is outside the scope of safe engines is named, with its rule and the mend.
#include "builder/scope.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "builder/safe_test.h"

namespace tenon::builder {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ScopeTest : public SafeBuild {
 protected:
  /// What a build of `text` is refused with; empty when it is not.
  std::string refusal(const std::string& text) {
    const auto graph = graph_of(text);
    sink.entries.clear();
    return build_safe(*graph).ok() ? "" : sink.errors();
  }
};

TEST_F(ScopeTest, TheDocumentHasTheTable) {
  std::ifstream file("docs/safety/scope.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(scope_table())) << "put this table in";
}

// Shows S-BLD-2.
TEST_F(ScopeTest, ASafeEngineHoldsSafeKernelsAlone) {
  set_batches({1, 5}, {0, 3, 8, 8});
  const auto graph = graph_of(kSafeNetwork);
  const auto plan = build_safe(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(plan->capability, plan::Capability::Safety);
  EXPECT_FALSE(plan->network.empty());
  for (const plan::Step& step : plan->steps) {
    EXPECT_EQ(step.record.id.family, "simd") << step.name;
    EXPECT_EQ(step.record.threads, 1) << step.name;
  }
  ASSERT_TRUE(plan::write(*plan, diag).ok()) << sink.errors();
}

// Shows S-BLD-1, S-BLD-2.
TEST_F(ScopeTest, ProfilesAreOneShape) {
  config.profiles = {{{{"x", {1, 3, 8, 8}, {2, 3, 8, 8}, {4, 3, 8, 8}, {}, {}, {}}}}};
  EXPECT_THAT(refusal(kSafeNetwork),
              AllOf(HasSubstr("SAFE-03: profile 0, input \"x\""), HasSubstr("min = opt = max"),
                    HasSubstr("1 finding by rule SAFE-03")));
}

// Shows S-BLD-1.
TEST_F(ScopeTest, NothingIsReplacedOrWatched) {
  set_batches({1}, {0, 3, 8, 8});
  config.refit = Refit::Any;
  config.debug_unfused = true;
  EXPECT_THAT(refusal(kSafeNetwork), AllOf(HasSubstr("SAFE-01: the build"), HasSubstr("SAFE-02"),
                                           HasSubstr("by rules SAFE-01, SAFE-02")));
}

// Shows S-BLD-1.
TEST_F(ScopeTest, NodesWithoutASafeKernelAreNamed) {
  const std::string words = refusal(R"(graph "net"
input %x : f32[2, 4, 3, 3]
%a : f32[2, 4, 3, 3] = lrn(%x) {size = 3} "norm1"
%b : f32[2, 4, 3, 3] = activation(%a) "relu1"
%c : f32[2, 4, 3, 3] = cumulative(%b) {axis = 1} "sum1"
output %c
)");
  EXPECT_THAT(words, AllOf(HasSubstr("SAFE-09: node \"norm1\""), HasSubstr("lrn"),
                           HasSubstr("SAFE-09: node \"sum1\""), HasSubstr("as a safe plugin"),
                           HasSubstr("2 findings by rule SAFE-09"), Not(HasSubstr("relu1"))));
}

TEST_F(ScopeTest, OutputsAreComputed) {
  set_batches({1, 5}, {0, 3});
  EXPECT_THAT(refusal(R"(graph "net"
input %x : f32[N, 3]
%y : f32[N, 3] = activation(%x) "relu1"
%s : i64[2] = shape(%x) "shape1"
output %y
output %s
)"),
              AllOf(HasSubstr("SAFE-11: output \"s\""), HasSubstr("1 finding")));
}

/// A plugin of some family that does nothing but stand there.
class FamilyPlugin final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  explicit FamilyPlugin(std::string family) : family_(std::move(family)) {}
  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  [[nodiscard]] std::string_view family() const noexcept override { return family_; }
  [[nodiscard]] size_t output_count() const noexcept override { return 1; }
  Status infer(ops::Inference& inference) override {
    inference.out(inference.in(0).dtype, inference.in(0).shape);
    return {};
  }
  [[nodiscard]] size_t shape_input_count() const noexcept override { return 0; }
  [[nodiscard]] std::shared_ptr<ops::ForeignOp> clone() const override {
    return std::make_shared<FamilyPlugin>(family_);
  }
  [[nodiscard]] std::string describe() const override { return "{}"; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }
  [[nodiscard]] std::string_view name() const noexcept override { return id_.name; }
  void candidates(const kernel::NodeInfo&, const device::Target&, Diagnostics&,
                  std::vector<std::unique_ptr<kernel::Candidate>>&) override {}

 private:
  ops::PluginId id_{"Roll", "1", "acme"};
  std::string family_;
};

class PluginScope : public ScopeTest {
 protected:
  /// What a network with a plugin of `family` is refused with.
  std::string refusal_of(const std::string& family) {
    auto graph = graph_of(kSafeNetwork);
    ir::Value* input = graph->find_value("c1");
    const auto node =
        graph->add(ops::Foreign{std::make_shared<FamilyPlugin>(family)}, {input}, "roll1", diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    graph->mark_output((*node)->output());
    sink.entries.clear();
    return build_safe(*graph).ok() ? "" : sink.errors();
  }
};

// Shows S-BLD-1.
TEST_F(PluginScope, PluginsAreSafeOnes) {
  set_batches({1}, {0, 3, 8, 8});
  EXPECT_THAT(refusal_of("v3"), AllOf(HasSubstr("SAFE-06: node \"roll1\""),
                                      HasSubstr("plugin Roll version 1 namespace 'acme'"),
                                      HasSubstr("getSafePluginRegistry")));
}

TEST_F(PluginScope, PluginsOfOneShapeServeOneProfile) {
  set_batches({1, 5}, {0, 3, 8, 8});
  EXPECT_THAT(refusal_of("safe"),
              AllOf(HasSubstr("SAFE-07: node \"roll1\""), HasSubstr("2 profiles")));
}

TEST_F(PluginScope, StandardEnginesHoldNoSafePlugin) {
  set_batches({1}, {0, 3, 8, 8});
  config.capability = plan::Capability::Standard;
  EXPECT_THAT(refusal_of("safe_mss"),
              AllOf(HasSubstr("node \"roll1\""), HasSubstr("is a safe plugin"),
                    HasSubstr("EngineCapability::kSAFETY")));
}

}  // namespace
}  // namespace tenon::builder
