// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// User code of both generations of the interface in one file, in C++14: it only has to compile.
#include <memory>
#include <vector>

#include "NvInferPlugin.h"
#include "NvInferSafeRuntime.h"
#include "NvOnnxParser.h"

namespace {

// Written for 10.x: overrides what 11 dropped, and narrows the types that clones return.
class Old : public nvinfer1::IPluginV2IOExt {
 public:
  char const* getPluginType() const noexcept override { return "Old"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  nvinfer1::Dims getOutputDimensions(int32_t, nvinfer1::Dims const* in, int32_t) noexcept override {
    return in[0];
  }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  size_t getWorkspaceSize(int32_t) const noexcept override { return 0; }
  int32_t enqueue(int32_t, void const* const*, void* const*, void*,
                  cudaStream_t) noexcept override {
    return 0;
  }
  size_t getSerializationSize() const noexcept override { return 0; }
  void serialize(void*) const noexcept override {}
  void destroy() noexcept override { delete this; }
  nvinfer1::IPluginV2IOExt* clone() const noexcept override { return new Old(*this); }
  void setPluginNamespace(char const*) noexcept override {}
  char const* getPluginNamespace() const noexcept override { return ""; }
  nvinfer1::DataType getOutputDataType(int32_t, nvinfer1::DataType const* types,
                                       int32_t) const noexcept override {
    return types[0];
  }
  bool isOutputBroadcastAcrossBatch(int32_t, bool const*, int32_t) const noexcept override {
    return false;
  }
  bool canBroadcastInputAcrossBatch(int32_t) const noexcept override { return false; }
  void configurePlugin(nvinfer1::PluginTensorDesc const*, int32_t,
                       nvinfer1::PluginTensorDesc const*, int32_t) noexcept override {}
  bool supportsFormatCombination(int32_t pos, nvinfer1::PluginTensorDesc const* desc, int32_t,
                                 int32_t) const noexcept override {
    return desc[pos].format == nvinfer1::TensorFormat::kLINEAR;
  }
};

class OldCreator : public nvinfer1::IPluginCreator {
 public:
  char const* getPluginName() const noexcept override { return "Old"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return nullptr; }
  nvinfer1::IPluginV2IOExt* createPlugin(char const*,
                                         nvinfer1::PluginFieldCollection const*) noexcept override {
    return new Old;
  }
  nvinfer1::IPluginV2IOExt* deserializePlugin(char const*, void const*, size_t) noexcept override {
    return new Old;
  }
  void setPluginNamespace(char const*) noexcept override {}
  char const* getPluginNamespace() const noexcept override { return ""; }
};
REGISTER_TENSORRT_PLUGIN(OldCreator);

// One object with all three faces, the second version of the build interface among them.
class New : public nvinfer1::IPluginV3,
            public nvinfer1::IPluginV3OneCore,
            public nvinfer1::v_2_0::IPluginV3OneBuild,
            public nvinfer1::IPluginV3OneRuntime {
 public:
  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    if (type == nvinfer1::PluginCapabilityType::kBUILD) {
      return static_cast<nvinfer1::v_2_0::IPluginV3OneBuild*>(this);
    }
    if (type == nvinfer1::PluginCapabilityType::kRUNTIME) {
      return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
    }
    return static_cast<nvinfer1::IPluginV3OneCore*>(this);
  }
  nvinfer1::IPluginV3* clone() noexcept override { return new New(*this); }
  char const* getPluginName() const noexcept override { return "New"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                          nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }
  int32_t getOutputDataTypes(nvinfer1::DataType* out, int32_t, nvinfer1::DataType const* in,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return 0;
  }
  int32_t getOutputShapes(nvinfer1::DimsExprs const* in, int32_t, nvinfer1::DimsExprs const*,
                          int32_t, nvinfer1::DimsExprs* out, int32_t,
                          nvinfer1::IExprBuilder& exprs) noexcept override {
    auto const* half =
        exprs.operation(nvinfer1::DimensionOperation::kCEIL_DIV, *in[0].d[0], *exprs.constant(2));
    out[0].nbDims = 1;
    out[0].d[0] = exprs.declareSizeTensor(1, *half, *in[0].d[0]);
    return 0;
  }
  bool supportsFormatCombination(int32_t, nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                                 int32_t) noexcept override {
    return true;
  }
  int32_t getNbOutputs() const noexcept override { return 2; }
  int32_t getAliasedInput(int32_t) noexcept override { return -1; }
  int32_t onShapeChange(nvinfer1::PluginTensorDesc const*, int32_t,
                        nvinfer1::PluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }
  int32_t enqueue(nvinfer1::PluginTensorDesc const*, nvinfer1::PluginTensorDesc const*,
                  void const* const*, void* const*, void*, cudaStream_t) noexcept override {
    return 0;
  }
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return nullptr;
  }
};

// Members that only one of the two generations has, side by side.
int64_t build(nvinfer1::ILogger& logger, char const* model) {
  using namespace nvinfer1;
  std::unique_ptr<IBuilder> builder{createInferBuilder(logger)};
  auto const flags = 1U << static_cast<uint32_t>(NetworkDefinitionCreationFlag::kEXPLICIT_BATCH) |
                     1U << static_cast<uint32_t>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
  std::unique_ptr<INetworkDefinition> network{builder->createNetworkV2(flags)};
  std::unique_ptr<nvonnxparser::IParser> parser{nvonnxparser::createParser(*network, logger)};
  parser->parseFromFile(model, static_cast<int32_t>(ILogger::Severity::kWARNING));
  ITensor* input = network->addInput("x", DataType::kFLOAT, Dims4{-1, 3, 8, 8});
  input->setDimensions({4, {-1, 3, 8, 8}});
  input->setType(DataType::kHALF);
  input->setDynamicRange(-1.0F, 1.0F);
  ITensor* inputs[] = {input};
  New plugin;
  auto* layer = network->addPluginV3(inputs, 1, nullptr, 0, plugin);
  auto* top = network->addTopK(*layer->getOutput(0), TopKOperation::kMAX, 1, 1U);
  network->addTopK(*top->getOutput(0), TopKOperation::kMAX, 1, 1U, DataType::kINT64);
  network->addConvolutionNd(*input, 8, DimsHW{3, 3}, Weights{DataType::kFLOAT, nullptr, 0}, {});
  std::unique_ptr<IBuilderConfig> config{builder->createBuilderConfig()};
  config->setFlag(BuilderFlag::kFP16);
  config->setMemoryPoolLimit(MemoryPoolType::kWORKSPACE, 1U << 20);
  IOptimizationProfile* profile = builder->createOptimizationProfile();
  profile->setDimensions("x", OptProfileSelector::kMIN, Dims4{1, 3, 8, 8});
  int32_t const values[] = {1};
  profile->setShapeValues("s", OptProfileSelector::kMIN, values, 1);
  config->addOptimizationProfile(profile);
  std::unique_ptr<IHostMemory> plan{builder->buildSerializedNetwork(*network, *config)};
  std::unique_ptr<IRuntime> runtime{createInferRuntime(logger)};
  std::unique_ptr<ICudaEngine> engine{runtime->deserializeCudaEngine(plan->data(), plan->size())};
  std::unique_ptr<IExecutionContext> context{engine->createExecutionContext()};
  context->setInputShape("x", Dims4{1, 3, 8, 8});
  return context->enqueueV3(nullptr) ? EnumMax<LayerType>() : getInferLibVersion();
}

nvinfer2::safe::ErrorCode run(std::vector<char> const& plan,
                              nvinfer2::safe::ISafeRecorder& recorder, float* data) {
  using namespace nvinfer1;
  using namespace nvinfer2::safe;
  ITRTGraph* graph = nullptr;
  createTRTGraph(graph, plan.data(), static_cast<int64_t>(plan.size()), recorder);
  TensorDescriptor desc;
  graph->getIOTensorDescriptor(desc, 0);
  graph->setIOTensorAddress(desc.tensorName, TypedArray{data, desc.sizeInBytes});
  graph->executeAsync(nullptr);
  return destroyTRTGraph(graph);
}

}  // namespace

// Keeps both from being thrown away, and warned about.
extern "C" void* const tenon_header_uses[] = {reinterpret_cast<void*>(&build),
                                              reinterpret_cast<void*>(&run)};
