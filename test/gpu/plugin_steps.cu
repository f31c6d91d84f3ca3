// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a plugin's step costs on a GPU, and what it becomes in a graph: chains of plugins of
// versions 3 and 2 that launch as many kernels as they are told. One line of JSON a question.
#include <cuda_runtime.h>
#include <tenon/device.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "NvInfer.h"

static __global__ void addOne(float const* in, float* out, int64_t count) {
  for (int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * blockDim.x) {
    out[i] = in[i] + 1;
  }
}

namespace {

using namespace nvinfer1;
using Clock = std::chrono::steady_clock;

constexpr char const* kName = "StepsPlugin";
enum Tactic : int32_t { kWide = 1, kNarrow = 2 };  ///< all of the GPU, and one block of it
int32_t chosenTactic = 0;                          ///< what the last setTactic said

void check(cudaError_t code, char const* what) {
  if (code == cudaSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(code));
}

/// out = in + launches, a kernel for each 1; nothing for 0.
int32_t launch(int32_t launches, int32_t tactic, void const* in, void* out, int64_t count,
               cudaStream_t stream) {
  auto* to = static_cast<float*>(out);
  auto const blocks = tactic == kNarrow ? 1U : static_cast<unsigned>((count + 255) / 256);
  for (int32_t i = 0; i < launches; ++i) {
    addOne<<<blocks, 256, 0, stream>>>(i == 0 ? static_cast<float const*>(in) : to, to, count);
  }
  return static_cast<int32_t>(cudaPeekAtLastError());
}

/// Version 3, with two tactics.
class StepsV3 final : public IPluginV3,
                      public IPluginV3OneCore,
                      public IPluginV3OneBuild,
                      public IPluginV3OneRuntime {
 public:
  explicit StepsV3(int32_t launches) : launches_(launches) {}
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
    return static_cast<IPluginV3OneRuntime*>(this);
  }
  IPluginV3* clone() noexcept override { return copy(); }
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(DataType* outputs, int32_t, DataType const* inputs,
                             int32_t) const noexcept override {
    outputs[0] = inputs[0];
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* inputs, int32_t, DimsExprs const*, int32_t,
                          DimsExprs* outputs, int32_t, IExprBuilder&) noexcept override {
    outputs[0] = inputs[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut, int32_t,
                                 int32_t) noexcept override {
    return inOut[pos].desc.type == DataType::kFLOAT &&
           inOut[pos].desc.format == TensorFormat::kLINEAR;
  }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return 0;
  }
  int32_t getNbTactics() noexcept override { return 2; }
  int32_t getValidTactics(int32_t* tactics, int32_t count) noexcept override {
    int32_t const all[] = {kNarrow, kWide};
    for (int32_t i = 0; i < count && i < 2; ++i) tactics[i] = all[i];
    return 0;
  }
  int32_t setTactic(int32_t tactic) noexcept override {
    tactic_ = chosenTactic = tactic;
    return 0;
  }
  int32_t onShapeChange(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    count_ = in[0].dims.d[0];
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const*, PluginTensorDesc const*, void const* const* in,
                  void* const* out, void*, cudaStream_t stream) noexcept override {
    return launch(launches_, tactic_, in[0], out[0], count_, stream);
  }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return copy(); }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    field_ = {"launches", &launches_, PluginFieldType::kINT32, 1};
    fields_ = {1, &field_};
    return &fields_;
  }

 private:
  StepsV3* copy() const {
    auto* made = new (std::nothrow) StepsV3(launches_);
    if (made != nullptr) made->tactic_ = tactic_;
    return made;
  }
  int32_t launches_, tactic_ = kWide;
  int64_t count_ = 0;
  PluginField field_;
  PluginFieldCollection fields_{};
};

class StepsV3Creator final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const* fields,
                          TensorRTPhase) noexcept override {
    if (fields == nullptr || fields->nbFields != 1) return nullptr;
    return new (std::nothrow) StepsV3(*static_cast<int32_t const*>(fields->fields[0].data));
  }

 private:
  PluginField field_{"launches", nullptr, PluginFieldType::kINT32, 1};
  PluginFieldCollection fields_{1, &field_};
};

/// Version 2.
class StepsV2 final : public IPluginV2DynamicExt {
 public:
  explicit StepsV2(int32_t launches) : launches_(launches) {}
  char const* getPluginType() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return "2"; }
  void setPluginNamespace(char const*) noexcept override {}
  char const* getPluginNamespace() const noexcept override { return ""; }
  IPluginV2DynamicExt* clone() const noexcept override {
    return new (std::nothrow) StepsV2(launches_);
  }
  void destroy() noexcept override { delete this; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  DataType getOutputDataType(int32_t, DataType const* types, int32_t) const noexcept override {
    return types[0];
  }
  DimsExprs getOutputDimensions(int32_t, DimsExprs const* inputs, int32_t,
                                IExprBuilder&) noexcept override {
    return inputs[0];
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut, int32_t,
                                 int32_t) noexcept override {
    return inOut[pos].type == DataType::kFLOAT && inOut[pos].format == TensorFormat::kLINEAR;
  }
  void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {}
  size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    return 0;
  }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t stream) noexcept override {
    return launch(launches_, kWide, inputs[0], outputs[0], in[0].dims.d[0], stream);
  }
  size_t getSerializationSize() const noexcept override { return sizeof launches_; }
  void serialize(void* buffer) const noexcept override {
    std::memcpy(buffer, &launches_, sizeof launches_);
  }

 private:
  int32_t launches_;
};

class StepsV2Creator final : public IPluginCreator {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return "2"; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  IPluginV2* createPlugin(char const*, PluginFieldCollection const*) noexcept override {
    return nullptr;  // networks get their plugins from chain()
  }
  IPluginV2* deserializePlugin(char const*, void const* data, size_t length) noexcept override {
    int32_t launches = 0;
    if (length != sizeof launches) return nullptr;
    std::memcpy(&launches, data, length);
    return new (std::nothrow) StepsV2(launches);
  }
  void setPluginNamespace(char const*) noexcept override {}
  char const* getPluginNamespace() const noexcept override { return ""; }

 private:
  PluginFieldCollection fields_{0, nullptr};
};

REGISTER_TENSORRT_PLUGIN(StepsV3Creator);
REGISTER_TENSORRT_PLUGIN(StepsV2Creator);

class Logger final : public ILogger {
 public:
  void log(Severity severity, AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

/// An engine of `length` plugins in a row on `count` numbers, with a context and memory.
class Chain {
 public:
  Chain(Logger& logger, int version, int length, int32_t launches, int64_t count) : count_(count) {
    std::unique_ptr<IBuilder> builder(createInferBuilder(logger));
    std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
    ITensor* tensor = network->addInput("x", DataType::kFLOAT, Dims{1, {count}});
    for (int i = 0; i < length; ++i) {
      if (version == 3) {
        StepsV3 plugin(launches);
        tensor = network->addPluginV3(&tensor, 1, nullptr, 0, plugin)->getOutput(0);
      } else {
        StepsV2 plugin(launches);
        tensor = network->addPluginV2(&tensor, 1, plugin)->getOutput(0);
      }
    }
    tensor->setName("y");
    network->markOutput(*tensor);
    std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
    tenon::set_engine_device(*config, "cuda");
    std::unique_ptr<IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
    if (plan == nullptr) throw std::runtime_error("no engine");
    runtime_.reset(createInferRuntime(logger));
    engine_.reset(runtime_->deserializeCudaEngine(plan->data(), plan->size()));
    if (engine_ == nullptr) throw std::runtime_error("the engine does not load");
    context_.reset(engine_->createExecutionContext());
    auto const bytes = static_cast<size_t>(count) * sizeof(float);
    check(cudaMalloc(&x_, bytes), "cudaMalloc");
    check(cudaMalloc(&y_, bytes), "cudaMalloc");
    check(cudaMemset(x_, 0, bytes), "cudaMemset");
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
    context_->setTensorAddress("x", x_);
    context_->setTensorAddress("y", y_);
    enqueue();
    check(cudaStreamSynchronize(stream_), "the run");
  }
  ~Chain() {
    context_.reset();
    (void)cudaFree(x_);
    (void)cudaFree(y_);
    (void)cudaStreamDestroy(stream_);
  }
  Chain(Chain const&) = delete;
  Chain& operator=(Chain const&) = delete;

  void enqueue() {
    if (!context_->enqueueV3(stream_)) throw std::runtime_error("enqueueV3 failed");
  }
  /// The first and the last number, after what the stream holds.
  std::pair<float, float> ends() {
    float values[2] = {};
    check(cudaStreamSynchronize(stream_), "the run");
    check(cudaMemcpy(&values[0], y_, sizeof(float), cudaMemcpyDeviceToHost), "cudaMemcpy");
    check(cudaMemcpy(&values[1], static_cast<float*>(y_) + count_ - 1, sizeof(float),
                     cudaMemcpyDeviceToHost),
          "cudaMemcpy");
    return {values[0], values[1]};
  }
  size_t captured_kernels() {
    cudaGraph_t graph = nullptr;
    size_t count = 0, kernels = 0;
    check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "capture");
    enqueue();
    check(cudaStreamEndCapture(stream_, &graph), "capture");
    check(cudaGraphGetNodes(graph, nullptr, &count), "cudaGraphGetNodes");
    std::vector<cudaGraphNode_t> nodes(count);
    check(cudaGraphGetNodes(graph, nodes.data(), &count), "cudaGraphGetNodes");
    for (cudaGraphNode_t const node : nodes) {
      cudaGraphNodeType type{};
      check(cudaGraphNodeGetType(node, &type), "cudaGraphNodeGetType");
      kernels += type == cudaGraphNodeTypeKernel ? 1 : 0;
    }
    (void)cudaGraphDestroy(graph);
    return kernels;
  }
  /// Median of what the calling thread spends in one enqueueV3, the GPU being idle before each.
  double host_us() {
    std::vector<double> times;
    for (int i = 0; i < 320; ++i) {
      check(cudaStreamSynchronize(stream_), "the run");
      auto const begin = Clock::now();
      enqueue();
      double const us = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
      if (i >= 20) times.push_back(us);
    }
    std::nth_element(times.begin(), times.begin() + 150, times.end());
    return times[150];
  }
  /// The same for `launches` kernels put on the stream by hand, each.
  double launch_us(int32_t launches) {
    std::vector<double> times;
    for (int i = 0; i < 320; ++i) {
      check(cudaStreamSynchronize(stream_), "the run");
      auto const begin = Clock::now();
      for (int32_t k = 0; k < launches; ++k) launch(1, kWide, x_, y_, count_, stream_);
      double const us = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
      if (i >= 20) times.push_back(us / launches);
    }
    std::nth_element(times.begin(), times.begin() + 150, times.end());
    return times[150];
  }

 private:
  int64_t count_;
  std::unique_ptr<IRuntime> runtime_;
  std::unique_ptr<ICudaEngine> engine_;
  std::unique_ptr<IExecutionContext> context_;
  void *x_ = nullptr, *y_ = nullptr;
  cudaStream_t stream_ = nullptr;
};

std::string rows;  ///< where lines go beside stdout
int failures = 0;

void say(std::string const& what, double value, std::string const& expected, bool good) {
  char line[320];
  std::snprintf(line, sizeof line,
                "{\"section\": \"plugin steps\", \"what\": \"%s\", \"value\": %.3g, \"expected\": "
                "\"%s\", \"ok\": %s}",
                what.c_str(), value, expected.c_str(), good ? "true" : "false");
  std::printf("%s\n", line);
  std::fflush(stdout);
  if (!rows.empty()) std::ofstream(rows, std::ios::app) << line << '\n';
  failures += good ? 0 : 1;
}

void graphs(Logger& logger, int version) {
  constexpr int kLength = 4;
  constexpr int32_t kLaunches = 3;
  Chain chain(logger, version, kLength, kLaunches, 1000);
  chain.enqueue();
  auto const [first, last] = chain.ends();
  std::string const name = "version " + std::to_string(version);
  say(name + ": 4 plugins of 3 kernels each, their sum", last, "12", first == 12 && last == 12);
  auto const kernels = chain.captured_kernels();
  say(name + ": kernels in the captured graph", static_cast<double>(kernels), "12", kernels == 12);
}

void host_times(Logger& logger, int version) {
  std::string const name = "version " + std::to_string(version);
  for (int32_t const launches : {0, 1}) {
    Chain one(logger, version, 1, launches, 1000), many(logger, version, 101, launches, 1000);
    double const step = (many.host_us() - one.host_us()) / 100;
    double const bare = launches == 0 ? 0 : many.launch_us(100);
    if (launches != 0) say("a kernel launched by hand, host us", bare, "", true);
    say(name + ": host us of a step that launches " + std::to_string(launches) + " kernels", step,
        launches == 0 ? "at most 2" : "", launches != 0 || step <= 2);
  }
}

void tactics(Logger& logger) {
  Chain chain(logger, 3, 1, 1, int64_t{1} << 22);
  auto const [first, last] = chain.ends();
  say("tactic chosen by events, of one block (2) and the whole GPU (1)", chosenTactic, "1",
      chosenTactic == kWide && first == 1 && last == 1);
}

template <class Question>
void ask(Question question) {
  try {
    question();
  } catch (std::exception const& error) {
    say(std::string("FAILED: ") + error.what(), 0, "", false);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) rows = argv[1];
  Logger logger;
  for (int const version : {3, 2}) ask([&] { graphs(logger, version); });
  ask([&] { tactics(logger); });
  for (int const version : {3, 2}) ask([&] { host_times(logger, version); });
  return failures == 0 ? 0 : 1;
}
