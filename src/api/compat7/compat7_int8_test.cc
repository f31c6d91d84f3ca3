// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks of the 7.x interface in int8: by ranges of tensors and by calibrators, with a plugin.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "NvUffParser.h"

namespace {

using namespace nvinfer1;

struct Free {
  template <class T>
  void operator()(T* object) const {
    object->destroy();
  }
};
template <class T>
using Held = std::unique_ptr<T, Free>;

class Voice final : public ILogger {
 public:
  void log(Severity severity, const char* msg) override {
    if (severity <= Severity::kWARNING) said += std::string(msg) + "\n";
  }
  std::string said;
};

/// Max pooling of 2 x 2, of floats or int8; int8 is rounded to the output's step.
class Pool7 final : public IPluginV2IOExt {
 public:
  struct State {
    int planes = 0, height = 0, width = 0;
    DataType type = DataType::kFLOAT;
    float inScale = 0, outScale = 0;
  };
  static std::vector<State> told;  ///< by configurePlugin

  const char* getPluginType() const override { return "MaxPool"; }
  const char* getPluginVersion() const override { return "2"; }
  int getNbOutputs() const override { return 1; }
  Dims getOutputDimensions(int, const Dims* inputs, int) override {
    return Dims3(inputs[0].d[0], inputs[0].d[1] / 2, inputs[0].d[2] / 2);
  }
  DataType getOutputDataType(int, const DataType* types, int) const override { return types[0]; }
  bool isOutputBroadcastAcrossBatch(int, const bool*, int) const override { return false; }
  bool canBroadcastInputAcrossBatch(int) const override { return false; }
  bool supportsFormatCombination(int pos, const PluginTensorDesc* inOut, int, int) const override {
    const bool known = inOut[pos].type == DataType::kFLOAT || inOut[pos].type == DataType::kINT8;
    return known && inOut[pos].type == inOut[0].type && inOut[pos].format == TensorFormat::kLINEAR;
  }
  void configurePlugin(const PluginTensorDesc* in, int, const PluginTensorDesc* out, int) override {
    const Dims& dims = in[0].dims;
    state_ = {dims.d[0], dims.d[1], dims.d[2], in[0].type, in[0].scale, out[0].scale};
    told.push_back(state_);
  }
  int initialize() override { return 0; }
  void terminate() override {}
  size_t getWorkspaceSize(int) const override { return 0; }
  int enqueue(int batchSize, const void* const* inputs, void** outputs, void*,
              cudaStream_t) override {
    if (state_.type == DataType::kFLOAT) {
      pool(batchSize, static_cast<const float*>(inputs[0]), static_cast<float*>(outputs[0]),
           [](float x) { return x; });
      return 0;
    }
    pool(batchSize, static_cast<const int8_t*>(inputs[0]), static_cast<int8_t*>(outputs[0]),
         [&](int8_t x) {
           const float real = static_cast<float>(x) * state_.inScale;
           return static_cast<int8_t>(
               std::clamp(std::nearbyint(real / state_.outScale), -128.F, 127.F));
         });
    return 0;
  }
  size_t getSerializationSize() const override { return sizeof state_; }
  void serialize(void* buffer) const override { std::memcpy(buffer, &state_, sizeof state_); }
  void destroy() override { delete this; }
  IPluginV2Ext* clone() const override { return new Pool7(*this); }
  void setPluginNamespace(const char*) override {}
  const char* getPluginNamespace() const override { return ""; }

  State state_;

 private:
  template <class T, class Convert>
  void pool(int batch, const T* in, T* out, Convert convert) const {
    for (int row = 0; row < batch * state_.planes * (state_.height / 2); ++row) {
      const T* upper = in + row * 2 * state_.width;
      const T* lower = upper + state_.width;
      for (int x = 0; x + 1 < state_.width; x += 2) {
        *out++ = convert(std::max({upper[x], upper[x + 1], lower[x], lower[x + 1]}));
      }
    }
  }
};
std::vector<Pool7::State> Pool7::told;

class Pool7Creator final : public IPluginCreator {
 public:
  const char* getPluginName() const override { return "MaxPool"; }
  const char* getPluginVersion() const override { return "2"; }
  const PluginFieldCollection* getFieldNames() override { return &fields_; }
  IPluginV2* createPlugin(const char*, const PluginFieldCollection*) override { return new Pool7; }
  IPluginV2* deserializePlugin(const char*, const void* data, size_t) override {
    auto* plugin = new Pool7;
    std::memcpy(&plugin->state_, data, sizeof plugin->state_);
    return plugin;
  }
  void setPluginNamespace(const char*) override {}
  const char* getPluginNamespace() const override { return ""; }

 private:
  PluginFieldCollection fields_{0, nullptr};
};
REGISTER_TENSORRT_PLUGIN(Pool7Creator);

constexpr size_t kElements = size_t{28} * 28;

/// What the network takes of a shipped picture: 1 for ink, 0 for paper.
std::vector<float> digit(int number) {
  std::ifstream file("models/" + std::to_string(number) + ".pgm", std::ios::binary);
  const std::string raw{std::istreambuf_iterator<char>(file), {}};
  std::vector<float> numbers;
  for (const char byte : raw.substr(raw.size() - std::min(raw.size(), kElements))) {
    numbers.push_back(static_cast<float>(255 - static_cast<uint8_t>(byte)) / 255);
  }
  return numbers;
}

/// All ten digits in batches of two, as programs give them.
class Batches final : public IInt8MinMaxCalibrator {
 public:
  int getBatchSize() const override { return 2; }
  bool getBatch(void* bindings[], const char* names[], int nbBindings) override {
    if (nbBindings != 1 || std::string(names[0]) != "in" || given == 5) return false;
    samples_ = digit(2 * given);
    const std::vector<float> second = digit(2 * given + 1);
    samples_.insert(samples_.end(), second.begin(), second.end());
    ++given;
    bindings[0] = samples_.data();
    return true;
  }
  const void* readCalibrationCache(std::size_t& length) override {
    length = 0;
    return nullptr;
  }
  void writeCalibrationCache(const void* ptr, std::size_t length) override {
    cache.assign(static_cast<const char*>(ptr), length);
  }
  int given = 0;
  std::string cache;

 private:
  std::vector<float> samples_;
};

struct Asked {
  bool int8 = false;
  float range = 0;  ///< of every tensor; 0: none is set
  IInt8Calibrator* calibrator = nullptr;
};

void set_ranges(INetworkDefinition& network, float range) {
  for (int i = 0; i < network.getNbLayers(); ++i) {
    ILayer* layer = network.getLayer(i);
    for (int k = 0; k < layer->getNbInputs(); ++k) {
      if (layer->getInput(k)) layer->getInput(k)->setDynamicRange(-range, range);
    }
    for (int k = 0; k < layer->getNbOutputs(); ++k) {
      EXPECT_TRUE(layer->getOutput(k)->setDynamicRange(-range, range));
      EXPECT_TRUE(layer->getOutput(k)->dynamicRangeIsSet());
    }
  }
}

/// How many of the ten digits the network names rightly; -1 when there is no engine.
int named(Voice& voice, const Asked& asked) {
  const Held<IBuilder> builder(createInferBuilder(voice));
  const Held<INetworkDefinition> network(builder->createNetwork());
  const Held<nvuffparser::IUffParser> parser(nvuffparser::createUffParser());
  EXPECT_TRUE(parser->registerInput("in", Dims3(1, 28, 28), nvuffparser::UffInputOrder::kNCHW));
  EXPECT_TRUE(parser->registerOutput("out"));
  if (!parser->parse("models/lenet5_custom_pool.uff", *network, DataType::kFLOAT)) return -1;
  if (asked.range > 0) set_ranges(*network, asked.range);
  const Held<IBuilderConfig> config(builder->createBuilderConfig());
  if (asked.int8) config->setFlag(BuilderFlag::kINT8);
  config->setFlag(BuilderFlag::kSTRICT_TYPES);
  config->setInt8Calibrator(asked.calibrator);
  Pool7::told.clear();
  const Held<ICudaEngine> engine(builder->buildEngineWithConfig(*network, *config));
  if (engine == nullptr) return -1;
  const Held<IExecutionContext> context(engine->createExecutionContext());
  int right = 0;
  for (int number = 0; number < 10; ++number) {
    std::vector<float> given = digit(number), got(10);
    void* bindings[2];
    bindings[engine->getBindingIndex("in")] = given.data();
    bindings[engine->getBindingIndex("out")] = got.data();
    EXPECT_TRUE(context->execute(1, bindings));
    right += std::max_element(got.begin(), got.end()) - got.begin() == number ? 1 : 0;
  }
  return right;
}

TEST(Compat7Int8, RangesOfTensorsReachThePlugins) {
  Voice voice;
  EXPECT_EQ(named(voice, {}), 10) << voice.said;
  ASSERT_FALSE(Pool7::told.empty());
  EXPECT_EQ(Pool7::told.back().type, DataType::kFLOAT);
  EXPECT_EQ(named(voice, {true, 12.7F}), 10) << voice.said;
  ASSERT_FALSE(Pool7::told.empty());
  for (const Pool7::State& told : Pool7::told) {
    EXPECT_EQ(told.type, DataType::kINT8);
    EXPECT_FLOAT_EQ(told.inScale, 0.1F);
    EXPECT_FLOAT_EQ(told.outScale, 0.1F);
  }
}

TEST(Compat7Int8, CalibratorsAreAskedForEverySample) {
  Voice voice;
  Batches batches;
  EXPECT_EQ(named(voice, {true, 0, &batches}), 10) << voice.said;
  EXPECT_EQ(batches.given, 5);
  EXPECT_NE(batches.cache.find("MinMaxCalibration"), std::string::npos);
  EXPECT_NE(batches.cache.find("\nin: "), std::string::npos);
  ASSERT_FALSE(Pool7::told.empty());
  EXPECT_EQ(Pool7::told.back().type, DataType::kINT8);
}

TEST(Compat7Int8, MissingRangesAreSaid) {
  Voice voice;
  EXPECT_EQ(named(voice, {true}), 10);
  ASSERT_FALSE(Pool7::told.empty());
  EXPECT_EQ(Pool7::told.back().type, DataType::kFLOAT);
  EXPECT_NE(voice.said.find("nothing is quantised, for no tensor has a range"), std::string::npos)
      << voice.said;
}

}  // namespace
