// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two engines, one after the other on the same memory: the first resizes a picture of any size, the
// second reads the digit and says how sure it is. Usage: two_engines FOLDER.
#include <cmath>
#include <numeric>

#include "program.h"

namespace {

using nvinfer1::Dims4;
using nvinfer1::OptProfileSelector;

/// Brings pictures of 1 to 56 rows and columns to the size that digits have.
std::unique_ptr<nvinfer1::ICudaEngine> makeResizing(nvinfer1::IBuilder& builder,
                                                    nvinfer1::IRuntime& runtime) {
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder.createNetworkV2(0));
  auto* picture = network->addInput("picture", nvinfer1::DataType::kFLOAT, Dims4{-1, 1, -1, -1});
  auto* resized = network->addResize(*picture);
  resized->setOutputDimensions(Dims4{1, 1, 28, 28});
  EXPECT(resized->getResizeMode() == nvinfer1::InterpolationMode::kNEAREST);
  EXPECT(resized->getScales(0, nullptr) == -1);
  resized->getOutput(0)->setName("resized");
  network->markOutput(*resized->getOutput(0));
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder.createBuilderConfig());
  auto* profile = builder.createOptimizationProfile();
  EXPECT(profile->setDimensions("picture", OptProfileSelector::kMIN, Dims4{1, 1, 1, 1}));
  EXPECT(profile->setDimensions("picture", OptProfileSelector::kOPT, Dims4{1, 1, 56, 56}));
  EXPECT(profile->setDimensions("picture", OptProfileSelector::kMAX, Dims4{1, 1, 56, 56}));
  EXPECT(config->addOptimizationProfile(profile) == 0);
  auto engine = makeEngine(builder, runtime, *network, *config);
  EXPECT(engine != nullptr);
  EXPECT(engine->getTensorShape("picture").d[2] == -1);
  EXPECT(engine->getTensorShape("picture").d[0] == 1);  // the profile leaves no other
  EXPECT(engine->getProfileShape("picture", 0, OptProfileSelector::kMAX).d[2] == 56);
  return engine;
}

/// The model of the digits with a softmax put behind it.
std::unique_ptr<nvinfer1::ICudaEngine> makeReading(nvinfer1::IBuilder& builder,
                                                   nvinfer1::IRuntime& runtime,
                                                   nvinfer1::ILogger& log,
                                                   const std::string& model) {
  const auto network = parse(builder, log, model);
  auto* scores = network->getOutput(0);
  auto* softmax = network->addSoftMax(*scores);
  softmax->setAxes(1U << 1);
  network->unmarkOutput(*scores);
  network->markOutput(*softmax->getOutput(0));
  EXPECT(network->getNbOutputs() == 1);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder.createBuilderConfig());
  return makeEngine(builder, runtime, *network, *config);
}

/// Every pixel four times.
std::vector<float> doubled(const std::vector<float>& picture) {
  std::vector<float> large(4 * kPixels);
  for (size_t y = 0; y < 2 * kSide; ++y) {
    for (size_t x = 0; x < 2 * kSide; ++x)
      large[y * 2 * kSide + x] = picture[y / 2 * kSide + x / 2];
  }
  return large;
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
  const auto resizing = makeResizing(*builder, *runtime);
  const auto reading = makeReading(*builder, *runtime, log, folder + "/mnist.onnx");
  EXPECT(reading != nullptr);
  const std::unique_ptr<nvinfer1::IExecutionContext> resize(resizing->createExecutionContext());
  const std::unique_ptr<nvinfer1::IExecutionContext> read(reading->createExecutionContext());

  const DeviceFloats large(4 * kPixels);
  const DeviceFloats small(kPixels);
  const DeviceFloats answer(kDigits);
  EXPECT(!resize->allInputDimensionsSpecified());
  EXPECT(!resize->setInputShape("picture", Dims4{1, 1, 58, 58}));
  EXPECT(resize->setInputShape("picture", Dims4{1, 1, 56, 56}));
  EXPECT(resize->allInputDimensionsSpecified());
  EXPECT(resize->getTensorShape("resized").d[3] == 28);
  for (int digit = 0; digit < 10; ++digit) {
    large.write(doubled(readDigit(folder, digit)));
    std::vector<void*> first{large.data(), small.data()};
    std::vector<void*> second{small.data(), answer.data()};
    EXPECT(resize->executeV2(first.data()));
    EXPECT(read->executeV2(second.data()));
    const std::vector<float> sure = answer.read();
    EXPECT(best(sure) == digit);
    EXPECT(std::abs(std::accumulate(sure.begin(), sure.end(), 0.0F) - 1.0F) < 1e-5F);
  }
  return passed("two_engines");
}
