// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Libraries are loaded once a registry, and closed when nothing of theirs lives any more.
#include <gtest/gtest.h>

#include "factor.h"
#include "sayings.h"

namespace {

using namespace nvinfer1;

std::unique_ptr<ICudaEngine> loaded(IRuntime& runtime, IHostMemory const& engine) {
  return std::unique_ptr<ICudaEngine>(runtime.deserializeCudaEngine(engine.data(), engine.size()));
}

TEST(Libraries, ASecondLoadIsRefusedAndTheFirstStays) {
  Sayings sayings;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  auto const handle = registry.loadLibrary(TENON_FACTOR_TWICE);
  ASSERT_NE(handle, nullptr);
  EXPECT_EQ(registry.loadLibrary(TENON_FACTOR_TWICE), nullptr);
  EXPECT_NE(sayings.errors.find("registered already"), std::string::npos) << sayings.errors;
  EXPECT_NE(registry.getCreator("Scripted", "1", "test"), nullptr) << "lost by the second load";
  EXPECT_NE(registry.getCreator("Old", "1", "test"), nullptr);
  registry.deregisterLibrary(handle);
  EXPECT_EQ(registry.getCreator("Scripted", "1", "test"), nullptr);
  sayings.errors.clear();
  registry.deregisterLibrary(handle);
  EXPECT_NE(sayings.errors.find("deregistered already"), std::string::npos) << sayings.errors;
  EXPECT_NE(registry.loadLibrary(TENON_FACTOR_THRICE), nullptr) << sayings.errors;
}

TEST(Libraries, OneThatRegistersItselfIsLoaded) {
  Sayings sayings;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = *getPluginRegistry();
  auto const handle = registry.loadLibrary(TENON_FACTOR_ITSELF);
  ASSERT_NE(handle, nullptr) << sayings.errors;
  EXPECT_EQ(sayings.errors, "");
  EXPECT_NE(registry.getCreator("Scripted", "1", "test"), nullptr);
  EXPECT_NE(registry.getCreator("Old", "1", "test"), nullptr);
  EXPECT_EQ(registry.loadLibrary(TENON_FACTOR_TWICE), nullptr) << "another library's plugin";
  EXPECT_NE(sayings.errors.find("registered already"), std::string::npos) << sayings.errors;
  registry.deregisterLibrary(handle);
  EXPECT_EQ(registry.getCreator("Old", "1", "test"), nullptr);
  auto* creator = registry.getCreator("Scripted", "1", "test");
  ASSERT_NE(creator, nullptr) << "what registered itself stays";
  EXPECT_TRUE(registry.deregisterCreator(*creator));
}

TEST(Libraries, AnUnusedOneIsClosed) {
  Sayings sayings;
  std::string const path = factor::copy_of(TENON_FACTOR_TWICE, "libunused.so");
  std::unique_ptr<IRuntime> runtime(createInferRuntime(sayings));
  auto const handle = runtime->getPluginRegistry().loadLibrary(path.c_str());
  ASSERT_NE(handle, nullptr);
  EXPECT_TRUE(factor::is_open(path.c_str()));
  runtime->getPluginRegistry().deregisterLibrary(handle);
  EXPECT_FALSE(factor::is_open(path.c_str()));
  ASSERT_NE(runtime->getPluginRegistry().loadLibrary(path.c_str()), nullptr);
  runtime.reset();
  EXPECT_FALSE(factor::is_open(path.c_str())) << "the registry went, its library did not";
  EXPECT_EQ(sayings.errors + sayings.warnings, "");
}

TEST(Libraries, AnEngineAndItsContextsKeepTheirs) {
  Sayings sayings;
  std::string const path = factor::copy_of(TENON_FACTOR_TWICE, "libengine.so");
  auto const bytes = factor::build(sayings, TENON_FACTOR_TWICE);
  ASSERT_NE(bytes, nullptr) << sayings.errors;
  std::unique_ptr<IRuntime> runtime(createInferRuntime(sayings));
  auto const handle = runtime->getPluginRegistry().loadLibrary(path.c_str());
  auto engine = loaded(*runtime, *bytes);
  ASSERT_NE(engine, nullptr) << sayings.errors;
  std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
  sayings.warnings.clear();
  runtime->getPluginRegistry().deregisterLibrary(handle);
  EXPECT_NE(sayings.warnings.find("libengine.so' is deregistered, but stays open as long as it is "
                                  "used: 2 of plugin Scripted"),
            std::string::npos)
      << sayings.warnings;
  EXPECT_EQ(factor::run(*context), 2);
  EXPECT_EQ(factor::run(*engine), 2);
  EXPECT_EQ(loaded(*runtime, *bytes), nullptr) << "its creators are gone";
  runtime.reset();
  EXPECT_EQ(factor::run(*context), 2);
  context.reset();
  engine.reset();
  EXPECT_FALSE(factor::is_open(path.c_str()));
}

TEST(Libraries, ANetworkAndAPluginKeepTheirs) {
  Sayings sayings;
  std::string const path = factor::copy_of(TENON_FACTOR_TWICE, "libnetwork.so");
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  IPluginRegistry& registry = builder->getPluginRegistry();
  auto const handle = registry.loadLibrary(path.c_str());
  std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
  ASSERT_TRUE(factor::fill(*network)) << sayings.errors;
  auto* creator = static_cast<IPluginCreatorV3One*>(registry.getCreator("Scripted", "1", "test"));
  PluginFieldCollection const none{};
  std::unique_ptr<IPluginV3> plugin(creator->createPlugin("mine", &none, TensorRTPhase::kBUILD));
  registry.deregisterLibrary(handle);
  EXPECT_NE(sayings.warnings.find("used: 1 of plugin Scripted; and for the rest of the process: "
                                  "its creators were given out"),
            std::string::npos)
      << sayings.warnings;
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  std::unique_ptr<IHostMemory> const built(builder->buildSerializedNetwork(*network, *config));
  EXPECT_NE(built, nullptr) << sayings.errors;
  network.reset();
  std::unique_ptr<IPluginV3> const clone(plugin->clone());
  EXPECT_NE(clone, nullptr);
  plugin.reset();
}

TEST(Libraries, ReplacedOnesAreToldWhileTheOlderRuns) {
  Sayings sayings;
  std::string const path = factor::copy_of(TENON_FACTOR_TWICE, "libreplaced.so");
  if (factor::is_open(path.c_str())) GTEST_SKIP() << "left open by an earlier repeat";
  auto const bytes = factor::build(sayings, path.c_str());  // Gives its creator out.
  ASSERT_NE(bytes, nullptr) << sayings.errors;
  factor::copy_of(TENON_FACTOR_THRICE, "libreplaced.so");
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  ASSERT_NE(runtime->getPluginRegistry().loadLibrary(path.c_str()), nullptr) << sayings.errors;
  EXPECT_NE(sayings.warnings.find("libreplaced.so' was replaced while it is open"),
            std::string::npos)
      << sayings.warnings;
  sayings.warnings.clear();
  auto const engine = loaded(*runtime, *bytes);
  ASSERT_NE(engine, nullptr) << sayings.errors;
  EXPECT_EQ(factor::run(*engine), 2);
  EXPECT_EQ(sayings.warnings, "") << "what runs is the build that the engine knows";
}

}  // namespace
