// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins that fail, throw, lie about shapes or write out of range: each is named with the mend.
#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "sayings.h"
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;
using scripted::Enqueue;
using scripted::Script;
using scripted::Shapes;
using testing::AllOf;
using testing::HasSubstr;

/// A network x [2, 8] -> plugin "node" -> outputs, all of them marked.
class PluginFaults : public testing::Test {
 protected:
  std::unique_ptr<IHostMemory> build(Script const& script) {
    sayings.errors.clear();
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {2, 8}});
    std::unique_ptr<IPluginV3> const plugin(scripted::make(script));
    IPluginV3Layer* layer = network->addPluginV3(&x, 1, nullptr, 0, *plugin);
    if (layer == nullptr) return nullptr;
    layer->setName("node");
    for (int32_t i = 0; i < layer->getNbOutputs(); ++i) {
      layer->getOutput(i)->setName(i == 0 ? "y" : "size");
      network->markOutput(*layer->getOutput(i));
    }
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }
  /// What the failing build said.
  std::string refusal(Script const& script) {
    EXPECT_EQ(build(script), nullptr);
    return sayings.errors;
  }

  /// Loads `plan`, whose plugin is made from `script`, and runs it once.
  bool runs(IHostMemory const* plan, Script const& script) {
    sayings.errors.clear();
    if (plan == nullptr) return false;
    std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
    scripted::Creator creator(script);
    IPluginCreatorInterface& door = creator;
    runtime->getPluginRegistry().registerCreator(door, "test");
    std::unique_ptr<ICudaEngine> const engine(
        runtime->deserializeCudaEngine(plan->data(), plan->size()));
    if (engine == nullptr) return false;
    std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
    if (context == nullptr) return false;
    context->setInputTensorAddress("x", given.data());
    context->setTensorAddress("y", got.data());
    if (engine->getNbIOTensors() > 2) context->setTensorAddress("size", &size);
    return context->enqueueV3(nullptr);
  }

  Sayings sayings;
  std::array<float, 16> given{};
  std::array<float, 64> got{};
  int32_t size = 0;
};

Script failing(std::function<int32_t()> Script::*call, int32_t code) {
  Script script;
  script.*call = [code] { return code; };
  return script;
}

TEST_F(PluginFaults, TheCorrectTwinIsFine) {
  auto const plan = build({});
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_TRUE(runs(plan.get(), {})) << sayings.errors;
}

TEST_F(PluginFaults, CallsThatFailAreNamedWithTheirCode) {
  EXPECT_THAT(refusal(failing(&Script::outputTypes, 3)),
              AllOf(HasSubstr("Scripted"), HasSubstr("getOutputDataTypes returned 3")));
  EXPECT_THAT(refusal(failing(&Script::configure, 4)),
              AllOf(HasSubstr("node \"node\""), HasSubstr("configurePlugin of plugin Scripted "
                                                          "returned 4")));
  EXPECT_THAT(refusal(failing(&Script::onShapeChange, 5)),
              AllOf(HasSubstr("node \"node\""), HasSubstr("onShapeChange returned 5")));
  Script script;
  script.run = [](Enqueue const&) { return 6; };
  EXPECT_THAT(refusal(script), AllOf(HasSubstr("node \"node\""), HasSubstr("enqueue returned 6")));
  script = {};
  script.setTactic = [](int32_t tactic) { return tactic == 0 ? 7 : 0; };
  EXPECT_THAT(refusal(script), HasSubstr("setTactic(0) of plugin Scripted returned 7"));
  script = failing(&Script::validTactics, 8);
  script.tactics = {1};
  EXPECT_THAT(refusal(script), HasSubstr("getValidTactics of plugin Scripted returned 8"));
  script = {};
  script.shapes = [](Shapes const&) { return 9; };
  EXPECT_THAT(refusal(script), HasSubstr("getOutputShapes returned 9"));
}

TEST_F(PluginFaults, NullObjectsAreNamed) {
  Script script;
  script.clone = [] { return nullptr; };
  EXPECT_THAT(refusal(script), HasSubstr("clone() of the plugin gives null"));
  script = {};
  script.attach = [] { return nullptr; };
  EXPECT_THAT(refusal(script), HasSubstr("attachToContext of a plugin gives null"));
  script = {};
  script.withoutBuild = true;
  EXPECT_THAT(refusal(script),
              HasSubstr("getCapabilityInterface(kBUILD) of the plugin gives null"));
}

TEST_F(PluginFaults, OneGoodTacticIsEnough) {
  Script script;
  script.tactics = {1, 2};
  script.run = [](Enqueue const& run) {
    std::fill_n(static_cast<float*>(run.outputs[0]), 16, 1.F);
    return run.tactic == 1 ? 1 : 0;
  };
  auto const plan = build(script);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_TRUE(runs(plan.get(), script)) << sayings.errors;
}

TEST_F(PluginFaults, AFailureAtRunTimeEndsTheRunAndNoMore) {
  auto const plan = build({});
  Script script;
  script.run = [](Enqueue const&) { return 42; };
  EXPECT_FALSE(runs(plan.get(), script));
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr("layer 'node'"), HasSubstr("enqueue returned 42")));
  script = {};
  script.attach = [] { return nullptr; };
  EXPECT_FALSE(runs(plan.get(), script));
  EXPECT_THAT(sayings.errors, HasSubstr("attachToContext"));
}

TEST_F(PluginFaults, ImpossibleShapesAreNamed) {
  Script script;
  script.shapes = [](Shapes const& shapes) { return shapes.outputs[0].d[1] = nullptr, 0; };
  EXPECT_THAT(refusal(script), HasSubstr("getOutputShapes of plugin Scripted left output 0"));
  script.shapes = [](Shapes const& shapes) { return shapes.outputs[0].nbDims = 9, 0; };
  EXPECT_THAT(refusal(script), HasSubstr("left output 0 with 9 dimensions"));
  script.shapes = [](Shapes const& shapes) {
    shapes.outputs[0].d[1] = shapes.builder.constant(-5);
    return 0;
  };
  EXPECT_THAT(refusal(script), HasSubstr("-5"));
  script = {};
  script.outputs = 0;
  EXPECT_THAT(refusal(script), HasSubstr("getNbOutputs() of the plugin gives 0"));
}

/// Writes `count` floats from `first` on to output 0.
Script writing(int64_t first, int64_t count) {
  Script script;
  script.run = [=](Enqueue const& run) {
    std::fill_n(static_cast<float*>(run.outputs[0]) + first, count, 1.F);
    return 0;
  };
  return script;
}

TEST_F(PluginFaults, WritesOutOfRangeFailTheBuild) {
  EXPECT_THAT(refusal(writing(0, 17)),
              AllOf(HasSubstr("node \"node\""), HasSubstr("plugin.v3/Scripted"),
                    HasSubstr("writes past the end of output 0 \"y\": at byte 64 to 67, but it has "
                              "64 bytes")));
  EXPECT_THAT(refusal(writing(0, 500)), HasSubstr("output 0 \"y\": at byte 64 to 1999"));
  EXPECT_THAT(refusal(writing(-1, 17)),
              HasSubstr("writes before the beginning of output 0 \"y\": at byte -4"));
}

TEST_F(PluginFaults, ALieAboutExtentsIsAWriteOutOfRange) {
  Script script;  // says [2, 4], writes [2, 8]
  script.shapes = [](Shapes const& shapes) {
    shapes.outputs[0].d[1] = shapes.builder.constant(4);
    return 0;
  };
  EXPECT_THAT(refusal(script), HasSubstr("output 0 \"y\": at byte 32 to 63, but it has 32 bytes"));
}

TEST_F(PluginFaults, ALieAboutWorkspaceIsAWriteOutOfRange) {
  Script script;
  script.workspace = 16;
  script.run = [](Enqueue const& run) {
    std::fill_n(static_cast<float*>(run.workspace), 5, 1.F);
    return 0;
  };
  EXPECT_THAT(refusal(script),
              HasSubstr("writes past the end of the workspace: at byte 16 to 19, but it has 16"));
}

TEST_F(PluginFaults, AChangedInputFailsTheBuild) {
  Script script;
  script.run = [](Enqueue const& run) {
    *static_cast<float*>(const_cast<void*>(run.inputs[0])) += 1;
    return 0;
  };
  EXPECT_THAT(refusal(script), HasSubstr("writes into input 0 \"x\", which it may only read"));
}

TEST_F(PluginFaults, OnlyTheTacticThatWritesOutOfRangeIsDropped) {
  Script script;
  script.tactics = {1, 2};
  script.run = [](Enqueue const& run) {
    std::fill_n(static_cast<float*>(run.outputs[0]), run.tactic == 1 ? 20 : 16, 1.F);
    return 0;
  };
  auto const plan = build(script);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_TRUE(runs(plan.get(), script));
  EXPECT_EQ(got[15], 1);
  EXPECT_EQ(got[16], 0) << "tactic 2 runs";
}

TEST_F(PluginFaults, MoreThanTheBoundOfASizeTensorIsNamed) {
  Script script;
  script.outputs = 2;
  script.types = {DataType::kFLOAT, DataType::kINT32};
  script.shapes = [](Shapes const& shapes) {
    auto const* upper = shapes.builder.constant(16);
    shapes.outputs[0].nbDims = 1;
    shapes.outputs[0].d[0] = shapes.builder.declareSizeTensor(1, *upper, *upper);
    shapes.outputs[1].nbDims = 0;
    return 0;
  };
  int32_t told = 17;
  script.run = [&told](Enqueue const& run) {
    *static_cast<int32_t*>(run.outputs[1]) = told;
    return 0;
  };
  auto const plan = build(script);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_FALSE(runs(plan.get(), script));
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr("layer 'node' says through tensor 'size'"),
                                    HasSubstr("is 17, but it declared 0 to 16")));
  told = 16;
  EXPECT_TRUE(runs(plan.get(), script)) << sayings.errors;
}

TEST_F(PluginFaults, AThrowEndsTheProcessWithTheNameOfTheCall) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Script script;
  script.run = [](Enqueue const&) -> int32_t { throw std::runtime_error("the sky fell"); };
  EXPECT_DEATH(build(script), "plugin Scripted version 1: enqueue threw: the sky fell");
  script = {};
  script.configure = []() -> int32_t { throw 7; };
  EXPECT_DEATH(build(script), "plugin Scripted version 1: configurePlugin threw");
}

// What a failed assertion does, and an exception in a library with a C++ runtime of its own.
TEST_F(PluginFaults, AnAbortEndsTheProcessWithTheNameOfTheCall) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Script script;
  script.run = [](Enqueue const&) -> int32_t { std::abort(); };
  EXPECT_DEATH(build(script), "plugin Scripted version 1: enqueue called abort");
}

}  // namespace
