// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building it by the network interface.
#include "stream_engine.h"

namespace streams {

using namespace nvinfer1;

namespace {

scripted::Script copying(Middle middle, bool const& failing) {
  scripted::Script script;
  script.run = [middle, &failing](scripted::Enqueue const& run) -> int32_t {
    if (failing) return 7;
    auto const bytes =
        sizeof(float) * static_cast<size_t>(scripted::volume(run.inputDescs[0].dims));
    cudaError_t code =
        cudaMemcpyAsync(run.outputs[0], run.inputs[0], bytes, cudaMemcpyDeviceToDevice, run.stream);
    if (code == cudaSuccess && middle == Middle::Synchronising) {
      code = cudaStreamSynchronize(run.stream);
    }
    return code;
  };
  return script;
}

/// x op value.
ITensor* with(INetworkDefinition& network, ITensor& x, ElementWiseOperation op,
              float const& value) {
  Weights const weights{DataType::kFLOAT, &value, 1};
  ITensor* constant = network.addConstant(Dims2{1, 1}, weights)->getOutput(0);
  return network.addElementWise(x, *constant, op)->getOutput(0);
}

}  // namespace

Engine::Engine(Middle middle) : creator_(copying(middle, failing)) { build(middle); }

void Engine::build(Middle middle) {
  static constexpr float kOne = 1, kTwo = 2;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims2{-1, kColumns});
  x = with(*network, *x, ElementWiseOperation::kSUM, kOne);
  if (middle != Middle::None) {
    std::unique_ptr<IPluginV3> const plugin(scripted::make(copying(middle, failing)));
    IPluginV3Layer* layer = network->addPluginV3(&x, 1, nullptr, 0, *plugin);
    layer->setName("middle");
    x = layer->getOutput(0);
  }
  x = with(*network, *x, ElementWiseOperation::kPROD, kTwo);
  x->setName("y");
  network->markOutput(*x);
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  IOptimizationProfile* profile = builder->createOptimizationProfile();
  profile->setDimensions("x", OptProfileSelector::kMIN, Dims2{1, kColumns});
  profile->setDimensions("x", OptProfileSelector::kOPT, Dims2{1, kColumns});
  profile->setDimensions("x", OptProfileSelector::kMAX, Dims2{16, kColumns});
  config->addOptimizationProfile(profile);
  std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
  ASSERT_NE(plan, nullptr) << sayings.errors;
  runtime_.reset(createInferRuntime(sayings));
  IPluginCreatorInterface& door = creator_;
  ASSERT_TRUE(runtime_->getPluginRegistry().registerCreator(door, "test"));
  engine_.reset(runtime_->deserializeCudaEngine(plan->data(), plan->size()));
  ASSERT_NE(engine_, nullptr) << sayings.errors;
}

std::unique_ptr<IExecutionContext> Engine::context(float const* x, float* y, int64_t rows) {
  std::unique_ptr<IExecutionContext> context(engine_->createExecutionContext());
  EXPECT_TRUE(context->setInputShape("x", Dims2{rows, kColumns})) << sayings.errors;
  EXPECT_TRUE(context->setInputTensorAddress("x", x));
  EXPECT_TRUE(context->setTensorAddress("y", y));
  return context;
}

}  // namespace streams
