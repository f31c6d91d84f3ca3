// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A model file to an engine to ten answers, with memory of the device and one synchronous call
// each. Usage: onnx_digit FOLDER, which holds mnist.onnx and 0.pgm … 9.pgm.
#include "program.h"

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
  const auto network = parse(*builder, log, folder + "/mnist.onnx");
  EXPECT(network->getNbInputs() == 1 && network->getNbOutputs() == 1);

  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  config->setProfileStream(stream);
  const auto engine = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(engine != nullptr);
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);

  const DeviceFloats input(kPixels);
  const DeviceFloats output(kDigits);
  const std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
  std::vector<void*> bindings;
  for (int i = 0; i < engine->getNbIOTensors(); ++i) {
    const char* name = engine->getIOTensorName(i);
    const bool reads = engine->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
    bindings.push_back(reads ? input.data() : output.data());
    EXPECT(context->setTensorAddress(name, bindings.back()));
  }
  for (int digit = 0; digit < 10; ++digit) {
    input.write(readDigit(folder, digit));
    EXPECT(context->executeV2(bindings.data()));
    EXPECT(best(output.read()) == digit);
  }
  return passed("onnx_digit");
}
