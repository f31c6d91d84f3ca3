// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The device an engine is built for: by the configuration, else by the environment.
#include <gmock/gmock.h>
#include <tenon/device.h>

#include <cstdlib>
#include <memory>

#include "sayings.h"

namespace {

using namespace nvinfer1;
using testing::HasSubstr;

class Device : public testing::Test {
 protected:
  ~Device() override { unsetenv("TENON_DEVICE"); }

  /// Whether a network of one layer can be built now.
  bool builds() {
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
    network->markOutput(*network->addActivation(*x, ActivationType::kRELU)->getOutput(0));
    std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
    return plan != nullptr;
  }

  Sayings sayings;
  std::unique_ptr<IBuilder> builder{createInferBuilder(sayings)};
  std::unique_ptr<IBuilderConfig> config{builder->createBuilderConfig()};
};

TEST_F(Device, CpuIsBuiltFor) {
  EXPECT_TRUE(builds());
  setenv("TENON_DEVICE", "cpu", 1);
  EXPECT_TRUE(builds()) << sayings.errors;
  EXPECT_TRUE(tenon::set_engine_device(*config, "cpu"));
  EXPECT_TRUE(builds()) << sayings.errors;
}

TEST_F(Device, CudaIsRefusedByNameWhereThereIsNoGpu) {
  for (char const* device : {"cuda", "cuda:1"}) {
    sayings.errors.clear();
    if (tenon::set_engine_device(*config, device)) GTEST_SKIP() << "this machine has " << device;
    EXPECT_THAT(sayings.errors, HasSubstr(std::string("device \"") + device +
                                          "\" cannot be built for: there is no "));
    EXPECT_THAT(sayings.errors, HasSubstr("use \"cpu\""));
    setenv("TENON_DEVICE", device, 1);
    sayings.errors.clear();
    EXPECT_FALSE(builds());
    EXPECT_THAT(sayings.errors, HasSubstr("TENON_DEVICE in the environment"));
    EXPECT_THAT(sayings.errors, HasSubstr("there is no "));
  }
}

TEST_F(Device, GarbageIsNamed) {
  for (char const* device : {"tpu", "cuda:", "cuda:x", "CPU"}) {
    sayings.errors.clear();
    EXPECT_FALSE(tenon::set_engine_device(*config, device));
    EXPECT_THAT(sayings.errors, HasSubstr(std::string("\"") + device + "\" is no device"));
    setenv("TENON_DEVICE", device, 1);
    EXPECT_FALSE(builds());
    EXPECT_THAT(sayings.errors, HasSubstr(std::string("environment: \"") + device + "\""));
  }
  EXPECT_FALSE(tenon::set_engine_device(*config, ""));
}

TEST_F(Device, TheConfigurationGoesBeforeTheEnvironment) {
  setenv("TENON_DEVICE", "cuda:63", 1);
  EXPECT_TRUE(tenon::set_engine_device(*config, "cpu"));
  EXPECT_TRUE(builds()) << sayings.errors;
  EXPECT_TRUE(tenon::set_engine_device(*config, nullptr));
  EXPECT_FALSE(builds());
}

}  // namespace
