// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quick plugins in engines: what they compute, choose, write over, and find out only as they run.
#include <NvInfer.h>
#include <gtest/gtest.h>
#include <tenon/quick_plugin.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sayings.h"

namespace {

using namespace nvinfer1;
using tenon::quick::Call;
using tenon::quick::Shapes;

/// y = factor x + tactic, computed in floats.
struct Scale {
  float factor = 2;
  std::vector<int32_t> offered;

  std::string id() const { return "quick_test::Scale"; }
  template <class Visitor>
  void attributes(Visitor& visit) {
    visit("factor", factor);
    visit("offered", offered);
  }
  std::vector<int32_t> tactics() const { return offered; }
  void shapes(Shapes& s) const { s.output(0) = s.input(0); }
  void run(Call const& call) const {
    if (factor == 13) throw std::runtime_error("13 brings bad luck");
    for (int64_t i = 0; i < call.inputs[0].count; ++i) {
      call.outputs[0].as<float>()[i] =
          factor * call.inputs[0].as<float>()[i] + static_cast<float>(call.tactic);
    }
  }
};

/// The positive elements of x [n], and how many there are.
struct Positive {
  std::string id() const { return "quick_test::Positive"; }
  int32_t outputs() const { return 2; }
  std::vector<DataType> types(std::vector<DataType> const& inputs) const {
    return {inputs[0], DataType::kINT64};
  }
  auto combinations(size_t tensors) const {
    return tenon::quick::combinations("FP32, FP32, INT64", "LINEAR", tensors);
  }
  void shapes(Shapes& s) const {
    auto const count = s.input(0)[0];
    s.output(0) = {s.size_tensor(1, count / 2, count)};
  }
  void run(Call const& call) const {
    int64_t found = 0;
    for (int64_t i = 0; i < call.inputs[0].count; ++i) {
      float const x = call.inputs[0].as<float>()[i];
      if (x > 0) call.outputs[0].as<float>()[found++] = x;
    }
    *call.outputs[1].as<int64_t>() = found;
  }
};

class QuickPlugin : public testing::Test {
 protected:
  /// An engine of one plugin layer on x [4].
  template <class Op>
  std::unique_ptr<IHostMemory> build(Op op) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* const x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
    ILayer* const layer = tenon::quick::layer(*network, {x}, std::move(op));
    if (layer == nullptr) return nullptr;
    layer->setName("quick");
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  /// y for x = -1, 0, 1, 2 by an engine read from its bytes; empty when that fails.
  std::vector<float> run(IHostMemory const& bytes) {
    std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings_));
    std::unique_ptr<ICudaEngine> const engine(
        runtime->deserializeCudaEngine(bytes.data(), bytes.size()));
    if (engine == nullptr) return {};
    std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
    float x[4] = {-1, 0, 1, 2};
    std::vector<float> y(4, 77);
    context->setTensorAddress("x", x);
    context->setTensorAddress("y", y.data());
    if (!context->enqueueV3(nullptr)) return {};
    Dims const shape = context->getTensorShape("y");
    if (shape.d[0] >= 0) y.resize(static_cast<size_t>(shape.d[0]));
    return y;
  }

  Sayings sayings_;
};

bool const kScaleIsThere = tenon::quick::add<Scale>();
bool const kPositiveIsThere = tenon::quick::add<Positive>();

TEST_F(QuickPlugin, ComesBackFromTheEngineWithItsAttributes) {
  ASSERT_TRUE(kScaleIsThere);
  auto const bytes = build(Scale{2.5F, {}});
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  EXPECT_EQ(run(*bytes), (std::vector<float>{-2.5F, 0, 2.5F, 5})) << sayings_.errors;
}

TEST_F(QuickPlugin, RunsWithTheTacticThatWon) {
  auto const bytes = build(Scale{1, {5}});
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  EXPECT_EQ(run(*bytes), (std::vector<float>{4, 5, 6, 7})) << sayings_.errors;
}

TEST_F(QuickPlugin, FindsASizeOutAsItRuns) {
  ASSERT_TRUE(kPositiveIsThere);
  auto const bytes = build(Positive{});
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  auto const y = run(*bytes);
  ASSERT_GE(y.size(), 2U) << sayings_.errors;
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 2);
}

TEST_F(QuickPlugin, IsMadeByAChain) {
  static bool const kAdded =
      tenon::quick::plugin("quick_test::Shift", "2")
          .attribute("by", 1.5)
          .attribute("repeat", 1)
          .combination("FP32, FP32")
          .shapes([](Shapes& s, auto const&) { s.output(0) = s.input(0); })
          .run([](Call const& call, auto const& attributes) {
            for (int64_t i = 0; i < call.inputs[0].count; ++i) {
              call.outputs[0].as<float>()[i] =
                  call.inputs[0].as<float>()[i] +
                  static_cast<float>(attributes.real("by") *
                                     static_cast<double>(attributes.integer("repeat")));
            }
          })
          .add();
  ASSERT_TRUE(kAdded);
  auto* const creator = static_cast<IPluginCreatorV3One*>(
      getPluginRegistry()->getCreator("Shift", "2", "quick_test"));
  ASSERT_NE(creator, nullptr);
  int64_t const repeat = 3;
  PluginField const field{"repeat", &repeat, PluginFieldType::kINT64, 1};
  PluginFieldCollection const fields{1, &field};
  std::unique_ptr<IPluginV3> const plugin(
      creator->createPlugin("shift", &fields, TensorRTPhase::kBUILD));
  ASSERT_NE(plugin, nullptr);
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* const x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
  ILayer* const layer = network->addPluginV3(&x, 1, nullptr, 0, *plugin);
  layer->getOutput(0)->setName("y");
  network->markOutput(*layer->getOutput(0));
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  std::unique_ptr<IHostMemory> const bytes(builder->buildSerializedNetwork(*network, *config));
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  EXPECT_EQ(run(*bytes), (std::vector<float>{3.5F, 4.5F, 5.5F, 6.5F})) << sayings_.errors;
  EXPECT_THROW(tenon::quick::plugin("quick_test::Empty").add(), std::logic_error);
}

TEST_F(QuickPlugin, SaysInTheLogWhatItThrows) {
  auto const bytes = build(Scale{13, {}});
  if (bytes != nullptr) {
    EXPECT_TRUE(run(*bytes).empty());
  }
  EXPECT_NE(sayings_.errors.find("plugin quick_test::Scale version 1, in run: 13 brings bad luck"),
            std::string::npos)
      << sayings_.errors;
}

TEST_F(QuickPlugin, SaysWhichAttributeItDoesNotKnow) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
  auto* const creator = static_cast<IPluginCreatorV3One*>(
      getPluginRegistry()->getCreator("Scale", "1", "quick_test"));
  ASSERT_NE(creator, nullptr);
  float const one = 1;
  PluginField const field{"colour", &one, PluginFieldType::kFLOAT32, 1};
  PluginFieldCollection const fields{1, &field};
  EXPECT_EQ(creator->createPlugin("painted", &fields, TensorRTPhase::kBUILD), nullptr);
  EXPECT_NE(sayings_.errors.find("plugin quick_test::Scale version 1 of layer 'painted': attribute "
                                 "'colour' is unknown; there are: factor, offered"),
            std::string::npos)
      << sayings_.errors;
}

}  // namespace
