// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins in builds: outputs over inputs, sizes known only at run time, kernels that fail late.
#include <gtest/gtest.h>

#include "builder/builder_test.h"

namespace tenon::builder {
namespace {

using testing::HasSubstr;

/// A plugin made of functions; its one candidate is "test.plugin/<name>".
class TestPlugin final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  struct Behaviour {
    ops::PluginId id;
    std::vector<kernel::Alias> aliases = {};
    bool data_dependent = false;  ///< output 0 keeps the positive elements, output 1 tells how many
    bool load_fails = false;
  };
  explicit TestPlugin(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}

  [[nodiscard]] const ops::PluginId& id() const noexcept override { return behaviour_.id; }
  [[nodiscard]] std::string_view family() const noexcept override { return "test"; }
  [[nodiscard]] size_t output_count() const noexcept override {
    return behaviour_.data_dependent ? 2 : 1;
  }
  Status infer(ops::Inference& inference) override {
    if (!behaviour_.data_dependent) {
      inference.out(inference.in(0).dtype, inference.in(0).shape);
      return {};
    }
    const expr::Expr all = expr::volume(inference.in(0).shape);
    const expr::Expr found =
        inference.symbols.data_dependent("found", expr::floor_div(all, 2), all);
    sizes_ = {{found.symbol_id(), 1}};
    inference.out(DType::F32, {found});
    inference.out(DType::I32, {});
    return {};
  }
  [[nodiscard]] std::vector<ops::SizeTensor> size_tensors() const override { return sizes_; }
  [[nodiscard]] size_t shape_input_count() const noexcept override { return 0; }
  [[nodiscard]] std::shared_ptr<ops::ForeignOp> clone() const override {
    return std::make_shared<TestPlugin>(behaviour_);
  }
  [[nodiscard]] std::string describe() const override { return "{}"; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }

  [[nodiscard]] std::string_view name() const noexcept override { return "test plugin"; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics&,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    if (behaviour_.load_fails) out.push_back(std::make_unique<Choice>(node, behaviour_, "broken"));
    out.push_back(std::make_unique<Choice>(node, behaviour_, "good"));
  }

  static Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                                      Diagnostics& diag) {
    if (record.name == "broken") return diag.fail(Code::Plugin, "the plugin was told to break");
    const bool positives = record.outputs.size() == 2;
    return std::unique_ptr<kernel::Loaded>(
        std::make_unique<FunctionKernel>(positives ? keep_positive : negate_in_place));
  }

 private:
  static Status negate_in_place(const kernel::RunArgs& args) {
    if (args.inputs[0] != args.outputs[0]) return {Code::Plugin, "the memory is not shared"};
    auto* values = static_cast<float*>(args.outputs[0]);
    for (int64_t i = 0; i < args.output_descs[0].elements(); ++i) values[i] = -values[i];
    return {};
  }
  static Status keep_positive(const kernel::RunArgs& args) {
    const auto* from = static_cast<const float*>(args.inputs[0]);
    auto* to = static_cast<float*>(args.outputs[0]);
    int32_t found = 0;
    for (int64_t i = 0; i < args.input_descs[0].elements(); ++i) {
      if (from[i] > 0) to[found++] = from[i];
    }
    std::memcpy(args.outputs[1], &found, sizeof found);
    return {};
  }

  class Choice final : public kernel::Candidate {
   public:
    Choice(const kernel::NodeInfo& node, const Behaviour& behaviour, std::string name)
        : node_(node), behaviour_(behaviour), name_(std::move(name)) {}
    [[nodiscard]] kernel::KernelId id() const override { return {"test.plugin", name_, 1}; }
    std::vector<kernel::Configuration> configurations(Diagnostics&) override {
      kernel::Configuration one;
      for (const auto& port : node_.inputs) one.inputs.push_back({port.dtype, {}, 0});
      for (const auto& port : node_.outputs) one.outputs.push_back({port.dtype, {}, 0});
      return {one};
    }
    [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return behaviour_.aliases; }
    [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
    Result<kernel::Record> record(const kernel::Configuration&, int32_t, int,
                                  Diagnostics&) override {
      kernel::Record record;
      record.id = id();
      return record;
    }

   private:
    const kernel::NodeInfo& node_;
    const Behaviour& behaviour_;
    std::string name_;
  };

  Behaviour behaviour_;
  std::vector<ops::SizeTensor> sizes_;
};

struct PluginBuildTest : BuildFixture {
  PluginBuildTest() {
    use_ref();
    registry.add_loader("test.plugin", TestPlugin::load);
    config.passes.fuse = false;
  }

  ir::Value* plugin(TestPlugin::Behaviour behaviour, ir::Value* input) {
    behaviour.id = {"Test", "1", "mine"};
    auto node =
        graph.add(ops::Foreign{std::make_shared<TestPlugin>(behaviour)}, {input}, "plugin", diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return (*node)->output();
  }
  ir::Value* unary(ops::UnaryKind kind, ir::Value* input) {
    auto node = graph.add(ops::Unary{kind}, {input}, "", diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return (*node)->output();
  }
  ir::Value* sum(ir::Value* a, ir::Value* b) {
    auto node = graph.add(ops::ElementWise{}, {a, b}, "", diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return (*node)->output();
  }
  static size_t copies(const plan::Plan& plan) {
    return static_cast<size_t>(
        std::count_if(plan.steps.begin(), plan.steps.end(), [](const plan::Step& step) {
          return step.record.id.name == "copy" && step.record.id.family == "test.reformat";
        }));
  }
  /// Runs on `values` and gives the floats of an output.
  std::vector<float> run(const plan::Plan& plan, const std::vector<float>& values,
                         const std::string& output) {
    Engine engine = load(plan);
    const Dims dims{static_cast<int64_t>(values.size())};
    const auto buffers = run_raw(engine, {{"x", ops::ConstantData::of<float>(dims, values)}});
    if (buffers.empty()) return {};
    const Dims shape = engine.context->tensor_shape(*engine.engine->find_io(output));
    std::vector<float> found(static_cast<size_t>(shape.volume()));
    std::memcpy(found.data(), buffers.at(output).data(), found.size() * sizeof(float));
    return found;
  }

  ir::Graph graph;
  ir::Value* x = graph.add_input("x", DType::F32, {4});
  const std::vector<kernel::Alias> over_input = {{0, 0, true}};
};

TEST_F(PluginBuildTest, WritesOverAnInputThatNobodyElseNeeds) {
  ir::Value* a = unary(ops::UnaryKind::Abs, x);
  ir::Value* y = unary(ops::UnaryKind::Abs, plugin({.id = {}, .aliases = over_input}, a));
  graph.mark_output(y);
  const auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(copies(*plan), 0U);
  EXPECT_EQ(plan->steps[1].plugin, "Test/1/mine");
  EXPECT_EQ(run(*plan, {1, -2, 3, -4}, y->name), (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(PluginBuildTest, CopiesAnInputThatIsReadLater) {
  ir::Value* a = unary(ops::UnaryKind::Neg, x);
  ir::Value* y = sum(plugin({.id = {}, .aliases = over_input}, a), a);
  graph.mark_output(y);
  const auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(copies(*plan), 1U);
  EXPECT_EQ(run(*plan, {1, -2, 3, -4}, y->name), (std::vector<float>{0, 0, 0, 0}));
}

TEST_F(PluginBuildTest, CopiesNetworkInputsConstantsAndOutputs) {
  ir::Value* of_input = plugin({.id = {}, .aliases = over_input}, x);
  const float numbers[] = {5, 6, 7, 8};
  ir::Value* constant = graph.add_constant(ops::ConstantData::of<float>({4}, numbers), "k");
  ir::Value* of_constant = plugin({.id = {}, .aliases = over_input}, constant);
  ir::Value* both = sum(of_input, of_constant);
  graph.mark_output(both);
  graph.mark_output(of_constant);
  const auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(copies(*plan), 3U);
  Engine engine = load(*plan);
  EXPECT_EQ(run(*plan, {1, 2, 3, 4}, both->name), (std::vector<float>{-6, -8, -10, -12}));
  EXPECT_EQ(run(*plan, {1, 2, 3, 4}, of_constant->name), (std::vector<float>{-5, -6, -7, -8}));
}

TEST_F(PluginBuildTest, TellsWhichTensorHoldsADataDependentSize) {
  ir::Value* found = plugin({.id = {}, .data_dependent = true}, x);
  ir::Value* y = unary(ops::UnaryKind::Neg, found);
  graph.mark_output(y);
  const auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  ASSERT_EQ(plan->symbols.size(), 1U);
  EXPECT_EQ(plan->symbols[0].source, plan::SymbolSource::SizeTensor);
  EXPECT_EQ(plan->tensors[plan->outputs[0]].bytes, 4 * sizeof(float));
  EXPECT_EQ(run(*plan, {1, -2, 3, -4}, y->name), (std::vector<float>{-1, -3}));
  EXPECT_EQ(run(*plan, {1, 2, 3, -4}, y->name), (std::vector<float>{-1, -2, -3}));
}

TEST_F(PluginBuildTest, FallsBackWhenAChosenKernelCannotBeLoaded) {
  ir::Value* a = unary(ops::UnaryKind::Abs, x);
  ir::Value* y = plugin({.id = {}, .aliases = over_input, .load_fails = true}, a);
  graph.mark_output(y);
  const auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(run(*plan, {1, -2, 3, -4}, y->name), (std::vector<float>{-1, -2, -3, -4}));
  EXPECT_THAT(plan->record, HasSubstr("the plugin was told to break"));
}

TEST_F(PluginBuildTest, NamesAPluginWithoutAnyKernelThatWorks) {
  registry = {};
  use_ref();
  registry.add_loader("test.reformat", PlainReformats::load);
  graph.mark_output(plugin({.id = {}, .aliases = over_input}, x));
  EXPECT_FALSE(build_plan(graph).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("node \"plugin\" (foreign)"));
  EXPECT_THAT(sink.errors(), HasSubstr("test.plugin/good@1"));
  EXPECT_THAT(sink.errors(), HasSubstr("no backend 'test.plugin'"));
}

}  // namespace
}  // namespace tenon::builder
