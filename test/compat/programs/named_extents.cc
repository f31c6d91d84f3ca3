// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two inputs whose rows bear one name: equal names are equal sizes, and a profile that allows one
// size makes an engine of fixed extents. Usage: named_extents FOLDER, which holds concat.onnx.
#include <numeric>

#include "program.h"

namespace {

using nvinfer1::Dims2;
using nvinfer1::OptProfileSelector;

constexpr int kColumns = 8;

std::unique_ptr<nvinfer1::ICudaEngine> makeConcat(nvinfer1::IBuilder& builder,
                                                  nvinfer1::IRuntime& runtime,
                                                  nvinfer1::ILogger& log, const std::string& folder,
                                                  int least, int most) {
  const auto network = parse(builder, log, folder + "/concat.onnx");
  EXPECT(network->getNbInputs() == 2);
  EXPECT(std::string(network->getInput(0)->getDimensionName(0)) == "n_rows");
  EXPECT(std::string(network->getInput(1)->getDimensionName(0)) == "n_rows");
  auto* profile = builder.createOptimizationProfile();
  for (const char* name : {"input0", "input1"}) {
    EXPECT(profile->setDimensions(name, OptProfileSelector::kMIN, Dims2{least, kColumns}));
    EXPECT(profile->setDimensions(name, OptProfileSelector::kOPT, Dims2{most, kColumns}));
    EXPECT(profile->setDimensions(name, OptProfileSelector::kMAX, Dims2{most, kColumns}));
  }
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder.createBuilderConfig());
  EXPECT(config->addOptimizationProfile(profile) == 0);
  return makeEngine(builder, runtime, *network, *config);
}

/// Joins `rows` rows with as many.
void join(nvinfer1::IExecutionContext& context, int rows) {
  const size_t count = static_cast<size_t>(rows) * kColumns;
  std::vector<float> above(count);
  std::vector<float> below(count);
  std::iota(above.begin(), above.end(), 0.0F);
  std::iota(below.begin(), below.end(), 1000.0F);
  const DeviceFloats first(count);
  const DeviceFloats second(count);
  const DeviceFloats joined(2 * count);
  first.write(above);
  second.write(below);
  EXPECT(context.setTensorAddress("input0", first.data()));
  EXPECT(context.setTensorAddress("input1", second.data()));
  EXPECT(context.setTensorAddress("output", joined.data()));
  EXPECT(context.getTensorShape("output").d[0] == 2 * int64_t{rows});
  EXPECT(context.enqueueV3(nullptr));
  EXPECT(cudaStreamSynchronize(nullptr) == cudaSuccess);
  above.insert(above.end(), below.begin(), below.end());
  EXPECT(joined.read() == above);
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));

  const auto fixed = makeConcat(*builder, *runtime, log, argv[1], 2, 2);
  EXPECT(fixed != nullptr);
  EXPECT(fixed->getTensorShape("input1").d[0] == 2);
  EXPECT(fixed->getTensorShape("output").d[0] == 4);
  const std::unique_ptr<nvinfer1::IExecutionContext> two(fixed->createExecutionContext());
  join(*two, 2);

  const auto open = makeConcat(*builder, *runtime, log, argv[1], 1, 5);
  EXPECT(open != nullptr);
  EXPECT(open->getTensorShape("output").d[0] == -1);
  const std::unique_ptr<nvinfer1::IExecutionContext> any(open->createExecutionContext());
  for (const int rows : {1, 3, 5}) {
    EXPECT(any->setInputShape("input0", Dims2{rows, kColumns}));
    EXPECT(any->setInputShape("input1", Dims2{rows, kColumns}));
    join(*any, rows);
  }
  return passed("named_extents");
}
