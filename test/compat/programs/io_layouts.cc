// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines whose input has the one layout that the network allows, told by the engine and filled by
// its strides. Usage: io_layouts FOLDER, as onnx_digit.
#include <algorithm>

#include "program.h"

namespace {

using nvinfer1::TensorFormat;

/// One digit, put where the strides of the input say; vectors are filled up with zeros.
std::vector<float> inLayout(const nvinfer1::IExecutionContext& context,
                            const nvinfer1::ICudaEngine& engine, const std::vector<float>& ink) {
  const char* name = engine.getIOTensorName(0);
  const int vector = std::max(engine.getTensorComponentsPerElement(name), 1);
  const nvinfer1::Dims strides = context.getTensorStrides(name);
  EXPECT(strides.nbDims == 4);
  std::vector<float> elements(kPixels * static_cast<size_t>(vector));
  for (size_t y = 0; y < kSide; ++y) {
    for (size_t x = 0; x < kSide; ++x) {
      const auto at = static_cast<size_t>(strides.d[2]) * y + static_cast<size_t>(strides.d[3]) * x;
      elements.at(at * static_cast<size_t>(vector)) = ink[y * kSide + x];
    }
  }
  return elements;
}

void readDigits(nvinfer1::ICudaEngine& engine, const std::string& folder) {
  const std::unique_ptr<nvinfer1::IExecutionContext> context(engine.createExecutionContext());
  const DeviceFloats output(kDigits);
  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreate(&stream) == cudaSuccess);
  for (int digit = 0; digit < 10; ++digit) {
    const auto elements = inLayout(*context, engine, readDigit(folder, digit));
    const DeviceFloats input(elements.size());
    input.write(elements);
    EXPECT(context->setTensorAddress(engine.getIOTensorName(0), input.data()));
    EXPECT(context->setTensorAddress(engine.getIOTensorName(1), output.data()));
    EXPECT(context->enqueueV3(stream));
    EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
    EXPECT(best(output.read()) == digit);
  }
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
  for (const auto format : {TensorFormat::kLINEAR, TensorFormat::kHWC, TensorFormat::kCHW32}) {
    const auto network = parse(*builder, log, folder + "/mnist.onnx");
    network->getInput(0)->setAllowedFormats(1U << static_cast<unsigned>(format));
    network->getOutput(0)->setAllowedFormats(1U << static_cast<unsigned>(TensorFormat::kLINEAR));
    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    config->setFlag(nvinfer1::BuilderFlag::kGPU_FALLBACK);
    const auto engine = makeEngine(*builder, *runtime, *network, *config);
    EXPECT(engine != nullptr);
    EXPECT(engine->getTensorFormat(engine->getIOTensorName(0)) == format);
    EXPECT(engine->getTensorFormat(engine->getIOTensorName(1)) == TensorFormat::kLINEAR);
    readDigits(*engine, folder);
  }
  return passed("io_layouts");
}
