// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A program of the 7.x interface: implicit batch, bindings by index, a plugin, files of engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "NvUffParser.h"
#include "NvUtils.h"

namespace {

using namespace nvinfer1;

struct Destroy {
  template <class T>
  void operator()(T* object) const {
    object->destroy();
  }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

class Listener final : public ILogger {
 public:
  void log(Severity severity, const char* msg) override {
    if (severity <= Severity::kERROR) errors += std::string(msg) + "\n";
  }
  std::string errors;
};

int alive = 0;

/// Twice its input, in float; counts its objects.
class Doubler final : public IPluginV2IOExt {
 public:
  Doubler() { ++alive; }
  Doubler(const Doubler& other)
      : IPluginV2IOExt(other), elements_(other.elements_), space_(other.space_) {
    ++alive;
  }
  ~Doubler() override { --alive; }
  const char* getPluginType() const override { return "Doubler7"; }
  const char* getPluginVersion() const override { return "3"; }
  int getNbOutputs() const override { return 1; }
  Dims getOutputDimensions(int, const Dims* inputs, int) override { return inputs[0]; }
  DataType getOutputDataType(int, const DataType* types, int) const override { return types[0]; }
  bool isOutputBroadcastAcrossBatch(int, const bool*, int) const override { return false; }
  bool canBroadcastInputAcrossBatch(int) const override { return false; }
  bool supportsFormatCombination(int pos, const PluginTensorDesc* inOut, int, int) const override {
    return inOut[pos].format == TensorFormat::kLINEAR && inOut[pos].type == DataType::kFLOAT;
  }
  void configurePlugin(const PluginTensorDesc* in, int, const PluginTensorDesc*, int) override {
    elements_ = 1;
    for (int i = 0; i < in[0].dims.nbDims; ++i) elements_ *= in[0].dims.d[i];
  }
  int initialize() override { return 0; }
  void terminate() override {}
  size_t getWorkspaceSize(int) const override { return 0; }
  int enqueue(int batchSize, const void* const* inputs, void** outputs, void*,
              cudaStream_t) override {
    for (int i = 0; i < batchSize * elements_; ++i) {
      static_cast<float*>(outputs[0])[i] = 2 * static_cast<const float*>(inputs[0])[i];
    }
    return 0;
  }
  size_t getSerializationSize() const override { return sizeof elements_; }
  void serialize(void* buffer) const override { *static_cast<int*>(buffer) = elements_; }
  void destroy() override { delete this; }
  IPluginV2Ext* clone() const override { return new Doubler(*this); }
  void setPluginNamespace(const char* space) override { space_ = space; }
  const char* getPluginNamespace() const override { return space_.c_str(); }

  int elements_ = 0;

 private:
  std::string space_;
};

class DoublerCreator final : public IPluginCreator {
 public:
  const char* getPluginName() const override { return "Doubler7"; }
  const char* getPluginVersion() const override { return "3"; }
  const PluginFieldCollection* getFieldNames() override { return &fields_; }
  IPluginV2* createPlugin(const char*, const PluginFieldCollection*) override {
    return new Doubler;
  }
  IPluginV2* deserializePlugin(const char*, const void* data, size_t) override {
    auto* plugin = new Doubler;
    plugin->elements_ = *static_cast<const int*>(data);
    return plugin;
  }
  void setPluginNamespace(const char* space) override { space_ = space; }
  const char* getPluginNamespace() const override { return space_.c_str(); }

 private:
  PluginFieldCollection fields_{0, nullptr};
  std::string space_;
};
REGISTER_TENSORRT_PLUGIN(DoublerCreator);

/// relu(2 in) + in of [2, 3], for up to four at a time.
ICudaEngine* build(Listener& listener) {
  const Owned<IBuilder> builder(createInferBuilder(listener));
  const Owned<INetworkDefinition> network(builder->createNetwork());
  ITensor* in = network->addInput("in", DataType::kFLOAT, Dims2(2, 3));
  Doubler plugin;
  ILayer* twice = network->addPluginV2(&in, 1, plugin);
  EXPECT_EQ(twice->getType(), LayerType::kPLUGIN_V2);
  EXPECT_EQ(twice->getOutput(0)->getDimensions().nbDims, 2);
  ILayer* relu = network->addActivation(*twice->getOutput(0), ActivationType::kRELU);
  ILayer* sum = network->addElementWise(*relu->getOutput(0), *in, ElementWiseOperation::kSUM);
  sum->getOutput(0)->setName("out");
  network->markOutput(*sum->getOutput(0));
  EXPECT_TRUE(network->hasImplicitBatchDimension());
  EXPECT_EQ(network->getNbLayers(), 3);
  EXPECT_EQ(network->getInput(0), in);
  builder->setMaxBatchSize(4);
  const Owned<IBuilderConfig> config(builder->createBuilderConfig());
  config->setMaxWorkspaceSize(1 << 20);
  config->setFlag(BuilderFlag::kSTRICT_TYPES);
  return builder->buildEngineWithConfig(*network, *config);
}

void expect_runs(ICudaEngine& engine) {
  ASSERT_EQ(engine.getNbBindings(), 2);
  const int in = engine.getBindingIndex("in"), out = engine.getBindingIndex("out");
  ASSERT_GE(in, 0);
  ASSERT_GE(out, 0);
  EXPECT_TRUE(engine.bindingIsInput(in));
  EXPECT_FALSE(engine.bindingIsInput(out));
  EXPECT_EQ(engine.getBindingDimensions(out).nbDims, 2);
  EXPECT_EQ(engine.getBindingDimensions(out).d[1], 3);
  EXPECT_EQ(engine.getMaxBatchSize(), 4);
  const Owned<IExecutionContext> context(engine.createExecutionContext());
  std::vector<float> given(18), got(18, -9);
  for (size_t i = 0; i < given.size(); ++i) given[i] = static_cast<float>(i) - 7;
  void* bindings[2];
  bindings[in] = given.data();
  bindings[out] = got.data();
  ASSERT_TRUE(context->execute(3, bindings));
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i], std::max(2 * given[i], 0.0F) + given[i]) << i;
  }
  got.assign(18, -9);
  ASSERT_TRUE(context->enqueue(2, bindings, nullptr, nullptr));
  EXPECT_EQ(got[11], std::max(2 * given[11], 0.0F) + given[11]);
  EXPECT_EQ(got[12], -9);
}

TEST(Compat7, RunsABatchAndLoadsItsOwnBytes) {
  Listener listener;
  {
    const Owned<ICudaEngine> engine(build(listener));
    ASSERT_NE(engine, nullptr) << listener.errors;
    expect_runs(*engine);
    const Owned<IHostMemory> bytes(engine->serialize());
    const Owned<IRuntime> runtime(createInferRuntime(listener));
    const Owned<ICudaEngine> loaded(
        runtime->deserializeCudaEngine(bytes->data(), bytes->size(), nullptr));
    ASSERT_NE(loaded, nullptr) << listener.errors;
    expect_runs(*loaded);
    EXPECT_EQ(runtime->deserializeCudaEngine(bytes->data(), 12, nullptr), nullptr);
    EXPECT_NE(listener.errors.find("these bytes are not"), std::string::npos);
  }
  EXPECT_EQ(alive, 0) << "every clone was destroyed";
}

TEST(Compat7, RefusesBatchesThatAreTooLarge) {
  Listener listener;
  const Owned<ICudaEngine> engine(build(listener));
  ASSERT_NE(engine, nullptr);
  const Owned<IExecutionContext> context(engine->createExecutionContext());
  float numbers[64] = {};
  void* bindings[] = {numbers, numbers};
  EXPECT_FALSE(context->execute(5, bindings));
  EXPECT_NE(listener.errors.find("a batch size from 1"), std::string::npos);
}

TEST(Compat7, ReadsUffModels) {
  Listener listener;
  const Owned<IBuilder> builder(createInferBuilder(listener));
  const Owned<INetworkDefinition> network(builder->createNetwork());
  const Owned<nvuffparser::IUffParser> parser(nvuffparser::createUffParser());
  EXPECT_EQ(parser->getUffRequiredVersionMinor(), 6);
  ASSERT_TRUE(parser->registerInput("in", Dims3(1, 28, 28), nvuffparser::UffInputOrder::kNCHW));
  ASSERT_TRUE(parser->registerOutput("out"));
  ASSERT_TRUE(parser->parse("models/lenet5.uff", *network, DataType::kFLOAT)) << listener.errors;
  EXPECT_EQ(network->getInput(0)->getDimensions().nbDims, 3);
  EXPECT_EQ(network->getOutput(0)->getDimensions().nbDims, 1);
  const Owned<INetworkDefinition> other(builder->createNetwork());
  const Owned<nvuffparser::IUffParser> lost(nvuffparser::createUffParser());
  EXPECT_FALSE(lost->parseBuffer("nothing", 7, *other, DataType::kFLOAT));
  EXPECT_FALSE(listener.errors.empty());
}

TEST(Compat7, FindsCreatorsByName) {
  EXPECT_NE(getPluginRegistry()->getPluginCreator("Doubler7", "3", ""), nullptr);
  EXPECT_EQ(getPluginRegistry()->getPluginCreator("Doubler7", "4", ""), nullptr);
  int count = 0;
  EXPECT_NE(getPluginRegistry()->getPluginCreatorList(&count), nullptr);
  EXPECT_EQ(count, 1);
}

TEST(Compat7, ReordersWeights) {
  const float numbers[] = {0, 1, 2, 3, 4, 5};
  float moved[6] = {};
  const int shape[] = {2, 3}, order[] = {1, 0}, swap[] = {1, 0};
  ASSERT_TRUE(utils::reshapeWeights({DataType::kFLOAT, numbers, 6}, shape, order, moved, 2));
  EXPECT_EQ(std::vector<float>(moved, moved + 6), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  ASSERT_TRUE(utils::transposeSubBuffers(moved, DataType::kFLOAT, 1, 3, 2));
  EXPECT_EQ(std::vector<float>(moved, moved + 6), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  ASSERT_TRUE(utils::reorderSubBuffers(moved, swap, 2, 12));
  EXPECT_EQ(moved[0], 3);
  EXPECT_FALSE(utils::reshapeWeights({DataType::kFLOAT, numbers, 5}, shape, order, moved, 2));
}

}  // namespace
