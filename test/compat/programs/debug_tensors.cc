// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A listener sees marked tensors, and all that fusion left, in the order of computing. Usage:
// debug_tensors FOLDER.
#include <map>

#include "program.h"

namespace {

/// Copies what it is shown from the device.
class Listener : public nvinfer1::IDebugListener {
 public:
  bool processDebugTensor(void const* addr, nvinfer1::TensorLocation location,
                          nvinfer1::DataType type, nvinfer1::Dims const& shape, char const* name,
                          cudaStream_t) override {
    EXPECT(type == nvinfer1::DataType::kFLOAT);
    size_t count = 1;
    for (int32_t i = 0; i < shape.nbDims; ++i) count *= static_cast<size_t>(shape.d[i]);
    std::vector<float>& values = seen[name];
    values.resize(count);
    const bool on_device = location == nvinfer1::TensorLocation::kDEVICE;
    EXPECT(cudaMemcpy(values.data(), addr, count * sizeof(float),
                      on_device ? cudaMemcpyDeviceToHost : cudaMemcpyHostToHost) == cudaSuccess);
    order.emplace_back(name);
    return name != refused;
  }
  std::map<std::string, std::vector<float>> seen;
  std::vector<std::string> order;
  std::string refused = "-";
};

/// The output of the network's first convolution, which fusion would hide.
nvinfer1::ITensor& firstConvolution(nvinfer1::INetworkDefinition& network) {
  for (int32_t i = 0; i < network.getNbLayers(); ++i) {
    nvinfer1::ILayer* layer = network.getLayer(i);
    if (layer->getType() == nvinfer1::LayerType::kCONVOLUTION) return *layer->getOutput(0);
  }
  fail(__FILE__, __LINE__, "a convolution");
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
  const auto network = parse(*builder, log, folder + "/mnist.onnx");
  nvinfer1::ITensor& marked = firstConvolution(*network);
  const std::string name = marked.getName();
  EXPECT(network->markDebug(marked) && !network->markDebug(marked));
  EXPECT(network->isDebugTensor(marked));
  EXPECT(network->markUnfusedTensorsAsDebugTensors());
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  const auto engine = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(engine && engine->isDebugTensor(name.c_str()) && !engine->isDebugTensor("nothing"));

  const std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
  Listener listener;
  const DeviceFloats picture(kPixels), scores(kDigits);
  picture.write(readDigit(folder, 4));
  std::vector<void*> bindings{picture.data(), scores.data()};
  EXPECT(context->setDebugListener(&listener) && context->getDebugListener() == &listener);
  EXPECT(context->executeV2(bindings.data()) && listener.order.empty());
  EXPECT(context->setTensorDebugState(name.c_str(), true) && context->getDebugState(name.c_str()));
  EXPECT(context->executeV2(bindings.data()) && listener.order.size() == 1);
  EXPECT(listener.order[0] == name && listener.seen[name].size() >= kPixels);

  EXPECT(context->setUnfusedTensorsDebugState(true) && context->getUnfusedTensorsDebugState());
  EXPECT(context->executeV2(bindings.data()) && listener.order.size() > 4);
  EXPECT(listener.order.back() == engine->getIOTensorName(1));
  EXPECT(listener.seen[listener.order.back()] == scores.read() && best(scores.read()) == 4);
  listener.refused = name;  // which is switched off, and so does no harm
  EXPECT(context->setAllTensorsDebugState(false) && !context->getDebugState(name.c_str()));
  EXPECT(context->executeV2(bindings.data()));
  EXPECT(context->setUnfusedTensorsDebugState(false) && context->setDebugListener(nullptr));
  EXPECT(context->executeV2(bindings.data()));
  return passed("debug_tensors");
}
