// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opens the libraries by their names with a version, reads an engine from a stream that must not be
// read past its end, captures a run in a graph and asks for layer times after every launch.
// Usage: opened_by_name FOLDER, as onnx_digit.
#include <dlfcn.h>

#include <cstring>

#include "program.h"

namespace {

using namespace nvinfer1;

template <class Function>
Function* symbol(const char* library, const char* name) {
  void* opened = dlopen(library, RTLD_LAZY);
  EXPECT(opened != nullptr);
  void* found = dlsym(opened, name);
  EXPECT(found != nullptr);
  return reinterpret_cast<Function*>(found);
}

/// An engine in memory, followed by nothing: reading on is a fault.
class Stream final : public IStreamReader {
 public:
  explicit Stream(const IHostMemory& plan) : plan_(plan) {}
  int64_t read(void* destination, int64_t nbBytes) noexcept override {
    EXPECT(nbBytes <= static_cast<int64_t>(plan_.size() - at_));
    std::memcpy(destination, static_cast<const char*>(plan_.data()) + at_,
                static_cast<size_t>(nbBytes));
    at_ += static_cast<size_t>(nbBytes);
    return nbBytes;
  }

 private:
  const IHostMemory& plan_;
  size_t at_ = 0;
};

/// Names of layers in the order they were reported.
class Names final : public IProfiler {
 public:
  void reportLayerTime(char const* layerName, float ms) noexcept override {
    EXPECT(ms >= 0);
    names.emplace_back(layerName);
  }
  std::vector<std::string> names;
};

std::unique_ptr<IHostMemory> makePlan(ILogger& log, const std::string& model) {
  using Create = void*(void*, int32_t);
  using CreateParser = void*(void*, void*, int);
  auto* create = symbol<Create>("libnvinfer.so.10", "createInferBuilder_INTERNAL");
  auto* createParser = symbol<CreateParser>("libnvonnxparser.so.10", "createNvOnnxParser_INTERNAL");
  const std::unique_ptr<IBuilder> builder(
      static_cast<IBuilder*>(create(&log, NV_TENSORRT_VERSION)));
  EXPECT(builder != nullptr);
  const std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
  const std::unique_ptr<nvonnxparser::IParser> parser(static_cast<nvonnxparser::IParser*>(
      createParser(network.get(), &log, NV_ONNX_PARSER_VERSION)));
  EXPECT(parser != nullptr && parser->parseFromFile(model.c_str(), 0));
  const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
}

cudaGraphExec_t capture(IExecutionContext& context, cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t launchable = nullptr;
  EXPECT(context.enqueueV3(stream));  // once before, as the interface wants
  EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
  EXPECT(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  EXPECT(context.enqueueV3(stream));
  EXPECT(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  EXPECT(cudaGraphInstantiate(&launchable, graph, 0) == cudaSuccess);
  EXPECT(cudaGraphDestroy(graph) == cudaSuccess);
  return launchable;
}

void profileLaunches(ICudaEngine& engine, const std::string& folder) {
  const DeviceFloats input(kPixels);
  const DeviceFloats output(kDigits);
  const std::unique_ptr<IExecutionContext> context(engine.createExecutionContext());
  EXPECT(context->setTensorAddress(engine.getIOTensorName(0), input.data()));
  EXPECT(context->setTensorAddress(engine.getIOTensorName(1), output.data()));
  Names times;
  context->setProfiler(&times);
  context->setEnqueueEmitsProfile(false);
  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  cudaGraphExec_t graph = capture(*context, stream);
  std::vector<std::string> first;
  for (int launch = 0; launch < 500; ++launch) {
    const int digit = launch % 10;
    if (launch < 10) input.write(readDigit(folder, digit));
    times.names.clear();
    EXPECT(cudaGraphLaunch(graph, stream) == cudaSuccess);
    EXPECT(context->reportToProfiler());
    if (launch == 0) first = times.names;
    EXPECT(times.names == first);
    if (launch < 10) EXPECT(best(output.read()) == digit);
  }
  EXPECT(first.size() == static_cast<size_t>(engine.getNbLayers()));
  EXPECT(cudaGraphExecDestroy(graph) == cudaSuccess);
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  Log log;
  const auto plan = makePlan(log, folder + "/mnist.onnx");
  EXPECT(plan != nullptr);
  const std::unique_ptr<IRuntime> runtime(createInferRuntime(log));
  Stream stream(*plan);
  const std::unique_ptr<ICudaEngine> engine(runtime->deserializeCudaEngine(stream));
  EXPECT(engine != nullptr);
  profileLaunches(*engine, folder);
  return passed("opened_by_name");
}
