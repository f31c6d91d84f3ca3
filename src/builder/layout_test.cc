// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layouts meet: reformats stand where they must, are shared, and network ends take what is allowed.
#include <gtest/gtest.h>

#include "builder/builder_test.h"
#include "builder/constant_pool.h"
#include "builder/io_layouts.h"

namespace tenon::builder {
namespace {

using kernel::Layout;
using testing::HasSubstr;

/// Candidates "test/sum" that add or negate element by element in one layout only.
class OneLayout final : public kernel::CandidateSource {
 public:
  explicit OneLayout(Layout layout) : layout_(layout) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "test"; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    if (std::holds_alternative<ops::Unary>(*node.op) ||
        std::holds_alternative<ops::ElementWise>(*node.op)) {
      out.push_back(std::make_unique<Sum>(node, layout_));
    } else {
      diag.info("test/sum adds and negates, nothing else");
    }
  }
  static Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                                      Diagnostics&) {
    const size_t inputs = record.inputs.size();
    return std::unique_ptr<kernel::Loaded>(
        std::make_unique<FunctionKernel>([inputs](const kernel::RunArgs& args) {
          const int64_t count = args.output_descs[0].bytes() / 4;
          auto* to = static_cast<float*>(args.outputs[0]);
          const auto* a = static_cast<const float*>(args.inputs[0]);
          const auto* b = inputs > 1 ? static_cast<const float*>(args.inputs[1]) : nullptr;
          for (int64_t i = 0; i < count; ++i) to[i] = b == nullptr ? -a[i] : a[i] + b[i];
          return Status{};
        }));
  }

 private:
  class Sum final : public kernel::Candidate {
   public:
    Sum(const kernel::NodeInfo& node, Layout layout) : node_(node), layout_(layout) {}
    [[nodiscard]] kernel::KernelId id() const override { return {"test", "sum", 1}; }
    std::vector<kernel::Configuration> configurations(Diagnostics&) override {
      kernel::Configuration one;
      one.inputs.assign(node_.inputs.size(), {DType::F32, layout_, 0});
      one.outputs = {{DType::F32, layout_, 0}};
      return {one};
    }
    [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return {{0, 0, false}}; }
    [[nodiscard]] std::optional<std::string> timing_key() const override { return "sum"; }
    Result<kernel::Record> record(const kernel::Configuration&, int32_t, int,
                                  Diagnostics&) override {
      kernel::Record record;
      record.id = id();
      record.isa = 1;
      return record;
    }

   private:
    const kernel::NodeInfo& node_;
    Layout layout_;
  };
  Layout layout_;
};

struct LayoutBuildTest : BuildFixture {
  LayoutBuildTest() {
    registry.add_loader("test", OneLayout::load);
    config.passes.fuse = false;
  }
  void use(Layout layout) { registry.add_source(std::make_unique<OneLayout>(layout)); }
  static size_t reformats(const plan::Plan& plan) {
    return static_cast<size_t>(std::count_if(
        plan.steps.begin(), plan.steps.end(),
        [](const plan::Step& step) { return step.record.id.family == "test.reformat"; }));
  }
};

const char* const kDiamond =
    "input %x : f32[2, 5, 3, 4]\n"
    "%a : f32[2, 5, 3, 4] = unary(%x) {kind = neg} \"a\"\n"
    "%b : f32[2, 5, 3, 4] = unary(%a) {kind = neg} \"b\"\n"
    "%c : f32[2, 5, 3, 4] = element_wise(%a, %b) {kind = add} \"c\"\n"
    "output %c\n";

TEST_F(LayoutBuildTest, ReformatsAtTheEndsOnly) {
  for (const Layout& layout : {Layout::hwc(), Layout::chw(16), Layout::hwc(8)}) {
    registry = {};
    registry.add_loader("test", OneLayout::load);
    registry.add_loader("test.reformat", PlainReformats::load);
    use(layout);
    const auto graph = graph_of(kDiamond);
    const auto plan = build_plan(*graph);
    ASSERT_TRUE(plan.ok()) << sink.errors();
    EXPECT_EQ(reformats(*plan), 2U) << kernel::to_string(layout);
    EXPECT_EQ(plan->isa_needed, 1U);
    Engine engine = load(*plan);
    expect_equal(engine, *graph, {{"x", random_tensor({2, 5, 3, 4})}});
  }
}

TEST_F(LayoutBuildTest, SharesOneReformatBetweenReaders) {
  use(Layout::hwc());
  const auto graph = graph_of(
      "input %x : f32[1, 5, 3, 4]\n"
      "%a : f32[1, 5, 3, 4] = unary(%x) {kind = neg} \"a\"\n"
      "%b : f32[1, 5, 3, 4] = element_wise(%x, %x) {kind = add} \"b\"\n"
      "%c : f32[1, 5, 3, 4] = element_wise(%a, %b) {kind = add} \"c\"\n"
      "output %c\n"
      "output %a\n");
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(reformats(*plan), 3U);  // x once, a and c on their way out
  Engine engine = load(*plan);
  expect_equal(engine, *graph, {{"x", random_tensor({1, 5, 3, 4})}});
}

TEST_F(LayoutBuildTest, TakesAndGivesTheFormatsAllowed) {
  use(Layout::hwc());
  const auto graph = graph_of(kDiamond);
  constexpr uint8_t kLinear = 0, kHwc = 8;
  graph->inputs()[0]->allowed_formats = {kLinear, kHwc};
  graph->outputs()[0]->allowed_formats = {kHwc};
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(reformats(*plan), 0U);
  EXPECT_EQ(plan->tensors[plan->inputs[0]].layout, Layout::hwc());
  EXPECT_EQ(plan->tensors[plan->outputs[0]].layout, Layout::hwc());
  // Everything is element by element: what comes in channels last leaves so, unmoved.
  Engine engine = load(*plan);
  const ops::ConstantRef x = random_tensor({2, 5, 3, 4});
  const auto buffers = run_raw(engine, {{"x", x}});
  ASSERT_FALSE(buffers.empty());
  for (int64_t i = 0; i < x->count(); ++i) {
    float found = 0;
    std::memcpy(&found, buffers.at("c").data() + i * 4, 4);
    EXPECT_NEAR(found, 0, 1e-6);  // −x + x
  }
}

TEST_F(LayoutBuildTest, LaysConstantsOutAtBuildTime) {
  use(Layout::hwc());
  const auto graph = graph_of(
      "input %x : f32[2, 5, 3, 4]\n"
      "%k : f32[2, 5, 3, 4] = constant {data = splat(0)}\n"
      "%c : f32[2, 5, 3, 4] = element_wise(%x, %k) {kind = add} \"c\"\n"
      "output %c\n");
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(reformats(*plan), 2U);
  Engine engine = load(*plan);
  expect_equal(engine, *graph, {{"x", random_tensor({2, 5, 3, 4})}});
}

TEST_F(LayoutBuildTest, SaysWhichTensorCannotBeBroughtAnywhere) {
  Layout own;
  own.private_id = 7;
  use(own);
  EXPECT_FALSE(build_plan(*graph_of(kDiamond)).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("is made as"));
  EXPECT_THAT(sink.errors(), HasSubstr("private(7)"));
  EXPECT_THAT(sink.errors(), HasSubstr("a library's private layout cannot be reformatted"));
}

TEST_F(LayoutBuildTest, RefusesFormatsThatNoTensorCanHave) {
  use(Layout::linear());
  const auto graph = graph_of(kDiamond);
  constexpr uint8_t kDlaLinear = 9;
  graph->inputs()[0]->allowed_formats = {kDlaLinear};
  EXPECT_FALSE(build_plan(*graph).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("\"x\""));
}

TEST(ConstantPool, KeepsEqualBytesOnceAndPadsVectors) {
  const float values[] = {1, 2, 3, 4, 5, 6};
  const auto data = ops::ConstantData::of<float>({1, 3, 1, 2}, values);
  const Bytes vectors = lay_out(*data, Layout::hwc(8));
  ASSERT_EQ(vectors.size(), 2 * 8 * sizeof(float));
  float found[16] = {};
  std::memcpy(found, vectors.data(), sizeof found);
  EXPECT_EQ(found[1], 3);  // channel 1 of the first place
  EXPECT_EQ(found[8], 2);  // channel 0 of the second
  EXPECT_EQ(found[3], 0);

  ConstantPool pool(false);
  EXPECT_EQ(pool.add(*data, Layout::linear()), 0U);
  EXPECT_EQ(pool.add(*data, Layout::hwc(8)), 64U);
  EXPECT_EQ(pool.add(*data, Layout::linear()), 0U);
  EXPECT_EQ(pool.take().size(), 128U);
}

TEST(IoLayouts, KnowsEveryFormatOfTheInterface) {
  EXPECT_EQ(layout_of(0), Layout::linear());
  EXPECT_EQ(layout_of(5), Layout::chw(32));
  EXPECT_EQ(layout_of(8), Layout::hwc());
  EXPECT_EQ(layout_of(12), Layout::hwc(1, 4));
  EXPECT_EQ(layout_of(9), std::nullopt);
  EXPECT_EQ(layout_of(200), std::nullopt);
}

}  // namespace
}  // namespace tenon::builder
