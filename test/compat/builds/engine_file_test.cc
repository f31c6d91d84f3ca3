// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines loaded from a mapped file, and files that are none.
#include <gmock/gmock.h>
#include <tenon/engine_file.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include "sayings.h"

namespace {

using namespace nvinfer1;
using testing::HasSubstr;

class EngineFile : public testing::Test {
 protected:
  EngineFile() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~EngineFile() override { std::filesystem::remove_all(folder); }

  /// y = relu(x), four of them, as an engine file at `path`.
  void save(std::filesystem::path const& path) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
    ITensor* y = network->addActivation(*x, ActivationType::kRELU)->getOutput(0);
    y->setName("y");
    network->markOutput(*y);
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
    ASSERT_NE(plan, nullptr) << sayings.errors;
    write(path, {static_cast<char const*>(plan->data()), plan->size()});
  }

  static void write(std::filesystem::path const& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  std::unique_ptr<ICudaEngine> load(std::filesystem::path const& path) {
    return std::unique_ptr<ICudaEngine>(tenon::load_engine_file(*runtime, path.c_str()));
  }

  std::filesystem::path const folder =
      std::filesystem::path(testing::TempDir()) / ("engine_file_" + std::to_string(getpid()));
  Sayings sayings;
  std::unique_ptr<IRuntime> runtime{createInferRuntime(sayings)};
};

TEST_F(EngineFile, RunsAndOutlivesItsName) {
  save(folder / "relu.engine");
  auto const engine = load(folder / "relu.engine");
  ASSERT_NE(engine, nullptr) << sayings.errors;
  std::filesystem::remove(folder / "relu.engine");
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  std::array<float, 4> const x{-1, 2, -3, 4};
  std::array<float, 4> y{};
  context->setInputTensorAddress("x", x.data());
  context->setTensorAddress("y", y.data());
  ASSERT_TRUE(context->enqueueV3(nullptr)) << sayings.errors;
  EXPECT_EQ(y, (std::array<float, 4>{0, 2, 0, 4}));
}

TEST_F(EngineFile, WhatCannotBeLoadedIsNamed) {
  EXPECT_EQ(load(folder / "absent.engine"), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("absent.engine"));
  EXPECT_EQ(load(folder), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("not a regular file"));
  EXPECT_EQ(tenon::load_engine_file(*runtime, nullptr), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("no path"));
  sayings.errors.clear();
  write(folder / "empty.engine", "");
  EXPECT_EQ(load(folder / "empty.engine"), nullptr);
  EXPECT_FALSE(sayings.errors.empty());
  sayings.errors.clear();
  write(folder / "text.engine", "this is a text that is longer than any header of an engine file");
  EXPECT_EQ(load(folder / "text.engine"), nullptr);
  EXPECT_FALSE(sayings.errors.empty());
}

}  // namespace
