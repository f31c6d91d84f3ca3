// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every method of every plugin family is called in the phases that the interface allows, in order;
// docs/plugin_life_cycle.md is the table of it.
#include <NvInferSafeRuntime.h>
#include <NvOnnxParser.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "method_table.h"
#include "sayings.h"
#include "witness.h"

namespace {

using namespace nvinfer1;
using witness::journal;
using witness::Phase;

/// Fields of ONNX's wire format, as far as a model of one node needs them.
std::string number(int field, int64_t value) {
  return std::string(1, static_cast<char>(field << 3)) + static_cast<char>(value);
}
std::string text(int field, std::string const& value) {
  return std::string(1, static_cast<char>((field << 3) | 2)) + static_cast<char>(value.size()) +
         value;
}

/// x [rows, 4] or ["n", 4] -> a node of `plugin` -> y.
std::string model(std::string const& plugin, bool dynamic) {
  std::string const rows = dynamic ? text(2, "n") : number(1, 3);
  std::string const shape = text(1, rows) + text(1, number(1, 4));
  std::string const type = text(1, number(1, 1) + text(2, shape));
  std::string const node = text(1, "x") + text(2, "y") + text(3, "node") + text(4, plugin);
  std::string const input = text(1, "x") + text(2, type), output = text(1, "y");
  std::string const graph = text(1, node) + text(2, "g") + text(11, input) + text(12, output);
  return number(1, 9) + text(7, graph) + text(8, text(1, "") + number(2, 17));
}

/// Keeps the last error of the safe library. The safe registry keeps it for ever.
class SafeSayings final : public nvinfer2::safe::ISafeRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return last_.empty() ? 0 : 1; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kUNSPECIFIED_ERROR; }
  char const* getErrorDesc(int32_t) const noexcept override { return last_.c_str(); }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { last_.clear(); }
  bool reportError(ErrorCode, char const* words) noexcept override {
    last_ = words;
    return true;
  }
  int32_t incRefCount() noexcept override { return 1; }
  int32_t decRefCount() noexcept override { return 0; }

 private:
  std::string last_;
};

/// Leads plugins through their lives.
class MethodTable : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    journal().clear();
    Sayings sayings;
    for (char const* family : {"IPluginV2", "IPluginV2Ext", "IPluginV2IOExt", "IPluginV2DynamicExt",
                               "IPluginV3", "IPluginV3Quick", "IPluginV3QuickAOT"}) {
      live(family, sayings);
      EXPECT_EQ(sayings.errors, "") << family;
    }
    for (char const* family : {"IPluginV3OneSafeBuild", "IPluginV3OneSafeBuildMSS"}) {
      liveSafely(family, sayings);
      EXPECT_EQ(sayings.errors, "") << family;
    }
  }

  static void liveSafely(std::string const& family, Sayings& sayings) {
    using nvinfer2::safe::ITRTGraph;
    static SafeSayings recorder;
    auto& registry = *nvinfer2::safe::getSafePluginRegistry(recorder);
    journal().enter(Phase::kLIST);
    auto const creators = witness::safeCreators();
    for (auto const& creator : creators) {
      EXPECT_EQ(registry.registerCreator(*creator, "", recorder), ErrorCode::kSUCCESS);
    }
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<IHostMemory> const plan =
        build(*builder, model(family, false), false, sayings, EngineCapability::kSAFETY);
    ASSERT_NE(plan, nullptr) << family << sayings.errors;
    journal().enter(Phase::kLOAD);
    ITRTGraph *graph = nullptr, *copy = nullptr;
    EXPECT_EQ(nvinfer2::safe::createTRTGraph(graph, plan->data(),
                                             static_cast<int64_t>(plan->size()), recorder),
              ErrorCode::kSUCCESS)
        << recorder.getErrorDesc(0);
    ASSERT_NE(graph, nullptr) << family;
    journal().enter(Phase::kCONTEXT);
    EXPECT_EQ(graph->clone(copy, recorder), ErrorCode::kSUCCESS);
    journal().enter(Phase::kRUN);
    std::array<float, 12> x{1, 2, 3}, y{};
    EXPECT_EQ(copy->setIOTensorAddress("x", {x.data(), sizeof x}), ErrorCode::kSUCCESS);
    EXPECT_EQ(copy->setIOTensorAddress("y", {y.data(), sizeof y}), ErrorCode::kSUCCESS);
    EXPECT_EQ(copy->executeAsync(nullptr), ErrorCode::kSUCCESS);
    EXPECT_EQ(copy->sync(), ErrorCode::kSUCCESS);
    EXPECT_EQ(y[2], 3) << family;
    journal().enter(Phase::kEND);
    EXPECT_EQ(nvinfer2::safe::destroyTRTGraph(copy), ErrorCode::kSUCCESS);
    EXPECT_EQ(nvinfer2::safe::destroyTRTGraph(graph), ErrorCode::kSUCCESS);
    for (auto const& creator : creators) {
      EXPECT_EQ(registry.deregisterCreator(*creator), ErrorCode::kSUCCESS);
    }
  }

  static void live(std::string const& family, Sayings& sayings) {
    // Version 2 knows static shapes alone, its dynamic interface apart.
    bool const dynamic = family == "IPluginV2DynamicExt" || family.starts_with("IPluginV3");
    journal().enter(Phase::kLIST);
    auto const creators = witness::creators();
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
    for (auto const& creator : creators) {
      builder->getPluginRegistry().registerCreator(*creator, "");
      runtime->getPluginRegistry().registerCreator(*creator, "");
    }
    auto const renamed = witness::creators();
    builder->getPluginRegistry().registerCreator(*renamed.front(), "elsewhere");
    std::unique_ptr<IHostMemory> const plan =
        build(*builder, model(family, dynamic), dynamic, sayings);
    ASSERT_NE(plan, nullptr) << family << sayings.errors;
    journal().enter(Phase::kLOAD);
    runtime->setEngineHostCodeAllowed(true);  // of the plugin that is compiled into its engine
    std::unique_ptr<ICudaEngine> engine(runtime->deserializeCudaEngine(plan->data(), plan->size()));
    ASSERT_NE(engine, nullptr) << family;
    journal().enter(Phase::kCONTEXT);
    std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
    journal().enter(Phase::kRUN);
    std::array<float, 16> x{1, 2, 3}, y{};
    context->setInputShape("x", Dims{2, {3, 4}});
    context->setInputTensorAddress("x", x.data());
    context->setTensorAddress("y", y.data());
    EXPECT_TRUE(context->enqueueV3(nullptr)) << family;
    EXPECT_EQ(y[2], 3) << family;
    journal().enter(Phase::kEND);
    context.reset();
    engine.reset();
  }

  static std::unique_ptr<IHostMemory> build(IBuilder& builder, std::string const& onnx,
                                            bool dynamic, Sayings& sayings,
                                            EngineCapability capability = {}) {
    journal().enter(Phase::kNETWORK);
    std::unique_ptr<INetworkDefinition> network(builder.createNetworkV2(0));
    std::unique_ptr<nvonnxparser::IParser> parser(nvonnxparser::createParser(*network, sayings));
    if (!parser->parse(onnx.data(), onnx.size())) return nullptr;
    std::unique_ptr<IBuilderConfig> const config(builder.createBuilderConfig());
    config->setEngineCapability(capability);
    config->setPreviewFeature(PreviewFeature::kALIASED_PLUGIN_IO_10_03, true);
    if (dynamic) {
      IOptimizationProfile* profile = builder.createOptimizationProfile();
      profile->setDimensions("x", OptProfileSelector::kMIN, Dims{2, {1, 4}});
      profile->setDimensions("x", OptProfileSelector::kOPT, Dims{2, {2, 4}});
      profile->setDimensions("x", OptProfileSelector::kMAX, Dims{2, {4, 4}});
      config->addOptimizationProfile(profile);
    }
    journal().enter(Phase::kBUILD);
    std::unique_ptr<IHostMemory> plan(builder.buildSerializedNetwork(*network, *config));
    journal().enter(Phase::kEND);
    parser.reset();
    network.reset();
    return plan;
  }

  static std::string read(std::string const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
};

TEST_F(MethodTable, EveryMethodIsCalledWhereTheInterfaceAllowsIt) {
  for (methods::Row const& row : methods::rows()) {
    if (std::strlen(row.test) != 0) continue;
    std::string const seen = journal().phases(methods::name(row));
    EXPECT_NE(seen, "") << methods::name(row) << " is never called";
    for (char const phase : seen) {
      EXPECT_NE(std::strchr(row.phases, phase), nullptr) << methods::name(row) << " in " << phase;
    }
  }
}

TEST_F(MethodTable, EveryMethodIsCalledAfterThoseItNeeds) {
  for (methods::Row const& row : methods::rows()) {
    if (std::strlen(row.test) != 0 || std::strlen(row.after) == 0) continue;
    int const before = journal().first(std::string(row.interface) + "::" + row.after);
    EXPECT_GE(before, 0) << methods::name(row);
    EXPECT_LT(before, journal().first(methods::name(row))) << methods::name(row);
  }
}

TEST_F(MethodTable, MembersOfImplicitBatchAreNotCalled) {
  for (char const* family : {"IPluginV2Ext", "IPluginV2IOExt"}) {
    for (char const* method : {"isOutputBroadcastAcrossBatch", "canBroadcastInputAcrossBatch"}) {
      EXPECT_EQ(journal().phases(std::string(family) + "::" + method), "") << family;
    }
  }
}

TEST_F(MethodTable, TestsThatSeeTheOtherMethodsNameThem) {
  for (methods::Row const& row : methods::rows()) {
    if (std::strlen(row.test) == 0) continue;
    EXPECT_NE(read(row.test).find(row.method), std::string::npos)
        << row.test << " does not name " << row.method;
  }
}

TEST_F(MethodTable, TheDocumentIsTrue) {
  char const* kPath = "docs/plugin_life_cycle.md";
  if (std::getenv("TENON_WRITE_DOCS") != nullptr) std::ofstream(kPath) << methods::document();
  EXPECT_EQ(read(kPath), methods::document()) << "TENON_WRITE_DOCS=1 writes it anew";
}

}  // namespace
