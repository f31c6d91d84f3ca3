// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Classes of the quick interface itself: called while running, and compiled into the engine.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "impl/NvInferPythonPlugin.h"
#include "sayings.h"

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): all words here are its

/// What both plugins below say of themselves while they are built: one input, one output like it.
template <class Build>
class OneToOne : public IPluginV3, public IPluginV3QuickCore, public Build {
 public:
  AsciiChar const* getPluginVersion() const noexcept override { return "1"; }
  AsciiChar const* getPluginNamespace() const noexcept override { return "quick_class"; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(DataType* outputs, int32_t, DataType const* inputs,
                             int32_t const* ranks, int32_t) const noexcept override {
    outputs[0] = inputs[0];
    return ranks[0] == 1 ? 0 : 5;
  }
  int32_t getOutputShapes(DimsExprs const* inputs, int32_t, DimsExprs const*, int32_t,
                          DimsExprs* outputs, int32_t, IExprBuilder&) noexcept override {
    outputs[0] = inputs[0];
    return 0;
  }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return 0;
  }
  int32_t getNbSupportedFormatCombinations(DynamicPluginTensorDesc const*, int32_t,
                                           int32_t) noexcept override {
    return 2;
  }
  int32_t getSupportedFormatCombinations(DynamicPluginTensorDesc const* inOut, int32_t, int32_t,
                                         PluginTensorDesc* combinations,
                                         int32_t) noexcept override {
    for (int32_t i = 0; i < 4; ++i) combinations[i] = inOut[i % 2].desc;
    combinations[0].type = combinations[1].type = DataType::kHALF;  // not of this network
    return 0;
  }
};

/// y = -x, called while running.
class Negate final : public OneToOne<IPluginV3QuickBuild>, public IPluginV3QuickRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3QuickBuild*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3QuickRuntime*>(this);
    return static_cast<IPluginV3QuickCore*>(this);
  }
  IPluginV3* clone() noexcept override { return new Negate(*this); }
  AsciiChar const* getPluginName() const noexcept override { return "Negate"; }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, Dims const* inStrides, Dims const* outStrides,
                  int32_t nbInputs, int32_t nbOutputs, cudaStream_t) noexcept override {
    if (nbInputs != 1 || nbOutputs != 1 || inStrides[0].d[0] != 1 || outStrides[0].nbDims != 1) {
      return 7;
    }
    for (int64_t i = 0; i < in[0].dims.d[0]; ++i) {
      static_cast<float*>(outputs[0])[i] = -static_cast<float const*>(inputs[0])[i];
    }
    return 0;
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override { return &fields_; }

 private:
  PluginFieldCollection fields_{};
};

/// y = x + 3, its kernel in the engine.
class Shift final : public OneToOne<IPluginV3QuickAOTBuild> {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3QuickAOTBuild*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return nullptr;
    return static_cast<IPluginV3QuickCore*>(this);
  }
  IPluginV3* clone() noexcept override { return new Shift(); }
  AsciiChar const* getPluginName() const noexcept override { return "Shift"; }
  int32_t getLaunchParams(DimsExprs const* inputs, DynamicPluginTensorDesc const*, int32_t, int32_t,
                          IKernelLaunchParams* launchParams, ISymExprs* extraArgs,
                          IExprBuilder& exprBuilder) noexcept override {
    grid_.value = inputs[0].d[0];
    by_.value = exprBuilder.constant(3);
    bool const fits = launchParams->setGridX(&grid_) && extraArgs->setNbSymExprs(1) &&
                      extraArgs->setSymExpr(0, &by_) && !extraArgs->setSymExpr(1, &by_);
    return fits ? 0 : 1;
  }
  int32_t getKernel(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t,
                    char const** kernelName, char** compiledKernel,
                    int32_t* compiledKernelSize) noexcept override {
    std::ifstream file(SHIFT_KERNEL, std::ios::binary);
    code_.assign(std::istreambuf_iterator<char>(file), {});
    *kernelName = "shift_entry";
    *compiledKernel = code_.data();
    *compiledKernelSize = static_cast<int32_t>(code_.size());
    return 0;
  }

 private:
  struct Number final : ISymExpr {
    PluginArgType getType() const noexcept override { return PluginArgType::kINT; }
    PluginArgDataType getDataType() const noexcept override { return PluginArgDataType::kINT32; }
    void* getExpr() noexcept override { return const_cast<IDimensionExpr*>(value); }
    IDimensionExpr const* value = nullptr;
  };
  Number grid_, by_;
  std::string code_;
};

class NegateCreator final : public IPluginCreatorV3Quick {
 public:
  IPluginV3* createPlugin(AsciiChar const* name, AsciiChar const* nspace,
                          PluginFieldCollection const*, TensorRTPhase phase,
                          QuickPluginCreationRequest request) noexcept override {
    bool const right = std::strcmp(name, "Negate") == 0 && std::strcmp(nspace, "quick_class") == 0;
    bool const called =
        phase == TensorRTPhase::kRUNTIME && request == QuickPluginCreationRequest::kSTRICT_JIT;
    return right && called ? new Negate() : nullptr;
  }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  AsciiChar const* getPluginName() const noexcept override { return "Negate"; }
  AsciiChar const* getPluginVersion() const noexcept override { return "1"; }
  AsciiChar const* getPluginNamespace() const noexcept override { return "quick_class"; }

 private:
  PluginFieldCollection fields_{};
};

class QuickClass : public testing::Test {
 protected:
  std::unique_ptr<IHostMemory> build(IPluginV3& plugin, bool dynamic) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    ITensor* const x = network->addInput("x", DataType::kFLOAT, Dims{1, {dynamic ? -1 : 4}});
    if (dynamic) {
      IOptimizationProfile* const profile = builder->createOptimizationProfile();
      profile->setDimensions("x", OptProfileSelector::kMIN, Dims{1, {1}});
      profile->setDimensions("x", OptProfileSelector::kOPT, Dims{1, {4}});
      profile->setDimensions("x", OptProfileSelector::kMAX, Dims{1, {8}});
      config->addOptimizationProfile(profile);
    }
    IPluginV3Layer* const layer = network->addPluginV3(&x, 1, nullptr, 0, plugin);
    if (layer == nullptr) return nullptr;
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  std::unique_ptr<ICudaEngine> load(IHostMemory const& bytes, bool trusted) {
    runtime_.reset(createInferRuntime(sayings_));
    runtime_->setEngineHostCodeAllowed(trusted);
    return std::unique_ptr<ICudaEngine>(
        runtime_->deserializeCudaEngine(bytes.data(), bytes.size()));
  }

  static std::vector<float> run(ICudaEngine& engine, std::vector<float> x) {
    std::unique_ptr<IExecutionContext> const context(engine.createExecutionContext());
    context->setInputShape("x", Dims{1, {static_cast<int64_t>(x.size())}});
    std::vector<float> y(x.size(), 77);
    context->setTensorAddress("x", x.data());
    context->setTensorAddress("y", y.data());
    if (!context->enqueueV3(nullptr)) return {};
    return y;
  }

  Sayings sayings_;
  std::unique_ptr<IRuntime> runtime_;
};

TEST_F(QuickClass, IsCalledWhileRunning) {
  NegateCreator creator;
  ASSERT_TRUE(getPluginRegistry()->registerCreator(creator, "quick_class"));
  Negate plugin;
  auto const bytes = build(plugin, false);
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  {
    auto const engine = load(*bytes, false);
    ASSERT_NE(engine, nullptr) << sayings_.errors;
    EXPECT_EQ(run(*engine, {1, -2, 3, 0.5F}), (std::vector<float>{-1, 2, -3, -0.5F}));
  }
  runtime_.reset();
  EXPECT_TRUE(getPluginRegistry()->deregisterCreator(creator));
  EXPECT_EQ(load(*bytes, false), nullptr) << "without its creator";
}

TEST_F(QuickClass, LeavesItsKernelInTheEngine) {
  Shift plugin;
  auto const bytes = build(plugin, true);
  ASSERT_NE(bytes, nullptr) << sayings_.errors;
  EXPECT_EQ(load(*bytes, false), nullptr) << "nobody allowed the code";
  EXPECT_NE(sayings_.errors.find("kernel 'shift_entry' of plugin Shift"), std::string::npos)
      << sayings_.errors;
  auto const engine = load(*bytes, true);
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  EXPECT_EQ(run(*engine, {1, 2}), (std::vector<float>{4, 5}));
  EXPECT_EQ(run(*engine, {0, 1, 2, 3, 4}), (std::vector<float>{3, 4, 5, 6, 7}));
}

TEST_F(QuickClass, TakesNoShapeInputs) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
  ITensor* n = network->addInput("n", DataType::kINT64, Dims{1, {1}});
  Negate plugin;
  EXPECT_EQ(network->addPluginV3(&x, 1, &n, 1, plugin), nullptr);
  EXPECT_NE(sayings_.errors.find("no shape inputs"), std::string::npos) << sayings_.errors;
}

}  // namespace
