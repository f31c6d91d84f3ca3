// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin whose result is as long as its input wants, by a kernel launched on the stream it is
// given: the places of all numbers but zero. Usage: places FOLDER, as onnx_digit.
#include <cuda_runtime.h>
#include <hostcuda.h>

#include "program.h"

namespace {

using namespace nvinfer1;

/// Stands for the kernel: launched by its address, run as placesOnHost.
void placesStub() {}

struct Arguments {
  const float* x;
  int32_t* places;
  int64_t* count;
  int32_t rows, columns;
};
constexpr size_t kSizes[] = {sizeof(void*), sizeof(void*), sizeof(void*), 4, 4};

template <class Value>
Value argument(const hostcudaLaunch& launch, int index) {
  return *static_cast<Value*>(launch.arguments[index]);
}

int placesOnHost(const hostcudaLaunch* launch, void*) {
  const auto* x = argument<const float*>(*launch, 0);
  auto* places = argument<int32_t*>(*launch, 1);
  auto* count = argument<int64_t*>(*launch, 2);
  const auto rows = argument<int32_t>(*launch, 3);
  const auto columns = argument<int32_t>(*launch, 4);
  for (int32_t at = 0; at < rows * columns; ++at) {
    if (x[at] == 0) continue;
    places[2 * *count] = at / columns;
    places[2 * *count + 1] = at % columns;
    ++*count;
  }
  return 0;
}

const PluginFieldCollection kNoFields{};

class Places final : public IPluginV3,
                     public IPluginV3OneCore,
                     public IPluginV3OneBuild,
                     public IPluginV3OneRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
    return static_cast<IPluginV3OneRuntime*>(this);
  }
  IPluginV3* clone() noexcept override { return new Places; }
  char const* getPluginName() const noexcept override { return "Places"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }

  int32_t getNbOutputs() const noexcept override { return 2; }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const*,
                             int32_t) const noexcept override {
    out[0] = DataType::kINT32;
    out[1] = DataType::kINT64;
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out,
                          int32_t, IExprBuilder& make) noexcept override {
    auto const* all = make.operation(DimensionOperation::kPROD, *in[0].d[0], *in[0].d[1]);
    auto const* few = make.operation(DimensionOperation::kFLOOR_DIV, *all, *make.constant(4));
    out[0].nbDims = 2;
    out[0].d[0] = make.declareSizeTensor(1, *few, *all);
    out[0].d[1] = make.constant(2);
    out[1].nbDims = 0;
    return 0;
  }
  bool supportsFormatCombination(int32_t position, DynamicPluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    constexpr DataType kTypes[] = {DataType::kFLOAT, DataType::kINT32, DataType::kINT64};
    const PluginTensorDesc& one = all[position].desc;
    return one.format == TensorFormat::kLINEAR && one.type == kTypes[position];
  }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return 0;
  }

  int32_t onShapeChange(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t stream) noexcept override {
    Arguments values{static_cast<float const*>(inputs[0]), static_cast<int32_t*>(outputs[0]),
                     static_cast<int64_t*>(outputs[1]), static_cast<int32_t>(in[0].dims.d[0]),
                     static_cast<int32_t>(in[0].dims.d[1])};
    void* arguments[] = {&values.x, &values.places, &values.count, &values.rows, &values.columns};
    if (cudaMemsetAsync(values.count, 0, sizeof(int64_t), stream) != cudaSuccess) return 1;
    const auto* stub = reinterpret_cast<const void*>(&placesStub);
    return cudaLaunchKernel(stub, dim3(1), dim3(32), arguments, 0, stream) == cudaSuccess ? 0 : 2;
  }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override { return &kNoFields; }
};

class PlacesCreator final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override { return "Places"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &kNoFields; }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const*,
                          TensorRTPhase) noexcept override {
    return new Places;
  }
};

template <class Value>
std::vector<Value> fetch(const void* device, size_t count) {
  std::vector<Value> values(count);
  EXPECT(cudaMemcpy(values.data(), device, count * sizeof(Value), cudaMemcpyDeviceToHost) ==
         cudaSuccess);
  return values;
}

/// The places of all ink of a picture, as the engine finds them.
void check(IExecutionContext& context, const std::vector<float>& ink) {
  const DeviceFloats input(kPixels);
  const DeviceFloats places(2 * kPixels);  // elements of four bytes, as int32
  const DeviceFloats count(2);             // one int64
  input.write(ink);
  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreate(&stream) == cudaSuccess);
  EXPECT(context.setTensorAddress("x", input.data()));
  EXPECT(context.setTensorAddress("places", places.data()));
  EXPECT(context.setTensorAddress("count", count.data()));
  EXPECT(context.enqueueV3(stream));
  EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);

  std::vector<int32_t> expected;
  for (size_t at = 0; at < kPixels; ++at) {
    if (ink[at] == 0) continue;
    expected.push_back(static_cast<int32_t>(at / kSide));
    expected.push_back(static_cast<int32_t>(at % kSide));
  }
  EXPECT(fetch<int64_t>(count.data(), 1)[0] == static_cast<int64_t>(expected.size() / 2));
  EXPECT(context.getTensorShape("places").d[0] == static_cast<int64_t>(expected.size() / 2));
  EXPECT(fetch<int32_t>(places.data(), expected.size()) == expected);
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  const std::string folder = argv[1];
  const hostcudaKernel kernel{"places", &placesOnHost, nullptr, kSizes, 5};
  EXPECT(hostcudaRegisterKernel(reinterpret_cast<const void*>(&placesStub), &kernel) ==
         cudaSuccess);
  PlacesCreator creator;
  EXPECT(getPluginRegistry()->registerCreator(creator, ""));

  Log log;
  const std::unique_ptr<IBuilder> builder(createInferBuilder(log));
  const std::unique_ptr<IRuntime> runtime(createInferRuntime(log));
  const std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {kSide, kSide}});
  Places plugin;
  const auto* layer = network->addPluginV3(&x, 1, nullptr, 0, plugin);
  layer->getOutput(0)->setName("places");
  layer->getOutput(1)->setName("count");
  network->markOutput(*layer->getOutput(0));
  network->markOutput(*layer->getOutput(1));
  const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  const auto engine = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(engine != nullptr);
  const std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
  for (int digit = 0; digit < 10; ++digit) check(*context, readDigit(folder, digit));
  check(*context, std::vector<float>(kPixels, 1.0F));  // as many as there is room for
  check(*context, std::vector<float>(kPixels, 0.0F));
  return passed("places");
}
