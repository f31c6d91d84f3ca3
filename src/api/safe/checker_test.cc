// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A safe engine through the interface: built, checked, run by the proxy, and changed in every part.
#include "api/infer/network/layer_test.h"

#include "NvInferConsistency.h"
#include "plan/checksum.h"
#include "plan/view.h"
#include "safe/test_recorder.h"
#include "tenon/safe_proxy.h"

namespace tenon::api {
namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): this file is all foreign words
using testing::HasSubstr;

class SafeEngineTest : public LayerTest {
 protected:
  /// A convolution with an activation and a pooling, for the shapes 1 and 4.
  void make_network() {
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims4{-1, 2, 6, 6});
    std::vector<float> numbers(2 * 3 * 9);
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = 0.01F * static_cast<float>(i);
    auto* conv =
        network->addConvolutionNd(*x, 3, nvinfer1::Dims{2, {3, 3}}, weights(numbers), Weights{});
    conv->setName("conv");
    auto* relu = network->addActivation(*conv->getOutput(0), ActivationType::kRELU);
    auto* pool =
        network->addPoolingNd(*relu->getOutput(0), PoolingType::kMAX, nvinfer1::Dims{2, {2, 2}});
    pool->getOutput(0)->setName("y");
    network->markOutput(*pool->getOutput(0));
  }

  std::vector<std::byte> build() {
    const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
    config->setEngineCapability(EngineCapability::kSAFETY);
    config->setBuilderOptimizationLevel(0);
    for (const int64_t batch : {1, 4}) {
      IOptimizationProfile* profile = builder->createOptimizationProfile();
      for (const auto select :
           {OptProfileSelector::kMIN, OptProfileSelector::kOPT, OptProfileSelector::kMAX}) {
        profile->setDimensions("x", select, Dims4{batch, 2, 6, 6});
      }
      config->addOptimizationProfile(profile);
    }
    IHostMemory* text = nullptr;
    const std::unique_ptr<IHostMemory> plan(
        builder->buildSerializedNetwork(*network, *config, text));
    const std::unique_ptr<IHostMemory> kernel_text(text);
    EXPECT_NE(plan, nullptr) << log.errors;
    if (plan == nullptr) return {};
    EXPECT_THAT(std::string(static_cast<const char*>(text->data()), text->size()),
                HasSubstr("simd/"));
    const auto* bytes = static_cast<const std::byte*>(plan->data());
    return {bytes, bytes + plan->size()};
  }

  struct Tally {
    int noticed = 0, unnoticed = 0;
  };
  /// Flips a bit at places all over a section, with fitting checksums, and has each checked.
  static Tally flip_bits(const std::vector<std::byte>& engine, plan::Section section) {
    Tally tally;
    const auto bytes = plan::View::open(engine, {.inspect_only = true})->section(section);
    const auto begin = static_cast<size_t>(bytes.data() - engine.data());
    const size_t step = std::max<size_t>(bytes.size() / 100, 1);
    for (size_t at = 0; at < bytes.size(); at += step) {
      std::vector<std::byte> changed = engine;
      changed[begin + at] ^= std::byte{2};
      plan::repair_checksums(changed);
      safe::TestRecorder recorder;
      const bool fine = consistent(changed, recorder);
      EXPECT_EQ(fine, recorder.errors.empty()) << at;
      ++(fine ? tally.unnoticed : tally.noticed);
    }
    return tally;
  }

  /// Whether the checker finds nothing; what it says goes to `recorder`.
  static bool consistent(const std::vector<std::byte>& engine, safe::TestRecorder& recorder) {
    nvinfer2::safe::consistency::IConsistencyChecker* made = nullptr;
    EXPECT_EQ(nvinfer2::safe::consistency::createConsistencyChecker(made, recorder, engine.data(),
                                                                    engine.size()),
              ErrorCode::kSUCCESS);
    const std::unique_ptr<nvinfer2::safe::consistency::IConsistencyChecker> checker(made);
    return checker->validate();
  }
};

TEST_F(SafeEngineTest, IsConsistentAndRunsThroughTheProxyAlone) {
  make_network();
  const std::vector<std::byte> engine = build();
  safe::TestRecorder recorder;
  EXPECT_TRUE(consistent(engine, recorder)) << recorder.last();

  const std::unique_ptr<IRuntime> runtime(createInferRuntime(log));
  EXPECT_EQ(runtime->deserializeCudaEngine(engine.data(), engine.size()), nullptr);
  EXPECT_THAT(log.errors, HasSubstr("it is a safe engine"));
  const std::unique_ptr<ICudaEngine> loaded(
      load_safe_engine(*runtime, engine.data(), engine.size()));
  ASSERT_NE(loaded, nullptr) << log.errors;
  EXPECT_EQ(loaded->getEngineCapability(), EngineCapability::kSAFETY);
  EXPECT_EQ(loaded->getNbOptimizationProfiles(), 2);
  const std::unique_ptr<IExecutionContext> context(loaded->createExecutionContext());
  ASSERT_TRUE(context->setOptimizationProfileAsync(1, nullptr));
  ASSERT_TRUE(context->setInputShape("x", Dims4{4, 2, 6, 6}));
  std::vector<float> input(4 * 2 * 36, 1), output(4 * 3 * 4, -1);
  context->setTensorAddress("x", input.data());
  context->setTensorAddress("y", output.data());
  ASSERT_TRUE(context->enqueueV3(nullptr));
  EXPECT_NEAR(output[0], 0.01F * (17 * 18) / 2, 1e-4);  // the sum of a filter's 18 numbers
  EXPECT_GT(output.back(), output[0]);
}

TEST_F(SafeEngineTest, NoChangedBitOfWhatRunsIsConsistent) {
  make_network();
  const std::vector<std::byte> engine = build();
  for (const auto section : {plan::Section::Program, plan::Section::Constants,
                             plan::Section::Kernels, plan::Section::Params}) {
    const Tally tally = flip_bits(engine, section);
    EXPECT_EQ(tally.unnoticed, 0) << static_cast<uint32_t>(section);
  }
}

TEST_F(SafeEngineTest, AChangedNetworkIsNoticedUnlessItGivesTheSameEngine) {
  make_network();
  const Tally tally = flip_bits(build(), plan::Section::Network);
  EXPECT_GT(tally.noticed, 8 * tally.unnoticed);
}

TEST_F(SafeEngineTest, CheckerSaysWhatItCannotCheck) {
  safe::TestRecorder recorder;
  nvinfer2::safe::consistency::IConsistencyChecker* none = nullptr;
  EXPECT_EQ(nvinfer2::safe::consistency::createConsistencyChecker(none, recorder, nullptr, 0),
            ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(none, nullptr);
  EXPECT_FALSE(consistent({std::byte{1}, std::byte{2}}, recorder));
  EXPECT_THAT(recorder.last(), HasSubstr("not an engine file"));
}

TEST_F(SafeEngineTest, BuildsWithinTheScopeAlone) {
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims3{1, 4, 4});
  auto* top = network->addTopK(*x, TopKOperation::kMAX, 2, 1U << 2U);
  network->markOutput(*top->getOutput(0));
  const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  config->setEngineCapability(EngineCapability::kSAFETY);
  EXPECT_FALSE(builder->isNetworkSupported(*network, *config));
  EXPECT_THAT(log.errors, HasSubstr("SAFE-09: node"));
  config->setEngineCapability(EngineCapability::kDLA_STANDALONE);
  EXPECT_FALSE(builder->isNetworkSupported(*network, *config));
  EXPECT_THAT(log.errors, HasSubstr("use kSTANDARD or kSAFETY"));
}

}  // namespace
}  // namespace tenon::api
