// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The quick family: a plugin that is called while running, and one that is compiled into the
// engine.
#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "NvInfer.h"
#include "impl/NvInferPythonPlugin.h"
#include "witness.h"

namespace witness {

using namespace nvinfer1;

namespace {

void noteQuick(char const* method) { journal().note(method); }

/// What both say while the engine is built: one input, one output like it.
template <class Build>
class QuickFaces : public IPluginV3, public IPluginV3QuickCore, public Build {
 public:
  char const* getPluginVersion() const noexcept override {
    return noteQuick("IPluginV3QuickCore::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return noteQuick("IPluginV3QuickCore::getPluginNamespace"), "";
  }
  int32_t getNbOutputs() const noexcept override {
    return noteQuick("IPluginV3QuickBuild::getNbOutputs"), 1;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const* in, int32_t const*,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return noteQuick("IPluginV3QuickBuild::getOutputDataTypes"), 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out,
                          int32_t, IExprBuilder&) noexcept override {
    out[0] = in[0];
    return noteQuick("IPluginV3QuickBuild::getOutputShapes"), 0;
  }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return noteQuick("IPluginV3QuickBuild::configurePlugin"), 0;
  }
  int32_t getNbSupportedFormatCombinations(DynamicPluginTensorDesc const*, int32_t,
                                           int32_t) noexcept override {
    return noteQuick("IPluginV3QuickBuild::getNbSupportedFormatCombinations"), 1;
  }
  int32_t getSupportedFormatCombinations(DynamicPluginTensorDesc const* all, int32_t, int32_t,
                                         PluginTensorDesc* combinations,
                                         int32_t) noexcept override {
    for (int32_t i = 0; i < 2; ++i) combinations[i] = all[i].desc;
    return noteQuick("IPluginV3QuickBuild::getSupportedFormatCombinations"), 0;
  }
  int32_t getAliasedInput(int32_t) noexcept override {
    return noteQuick("IPluginV3QuickBuild::getAliasedInput"), -1;
  }
  int32_t getNbTactics() noexcept override {
    return noteQuick("IPluginV3QuickBuild::getNbTactics"), 2;
  }
  int32_t getValidTactics(int32_t* tactics, int32_t) noexcept override {
    tactics[0] = 1;
    tactics[1] = 2;
    return noteQuick("IPluginV3QuickBuild::getValidTactics"), 0;
  }
  char const* getTimingCacheID() noexcept override {
    return noteQuick("IPluginV3QuickBuild::getTimingCacheID"), "witness";
  }
  char const* getMetadataString() noexcept override {
    return noteQuick("IPluginV3QuickBuild::getMetadataString"), "witness";
  }
};

class Jit final : public QuickFaces<IPluginV3QuickBuild>, public IPluginV3QuickRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    noteQuick("IPluginV3::getCapabilityInterface");
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3QuickCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3QuickRuntime*>(this);
    return static_cast<IPluginV3QuickBuild*>(this);
  }
  IPluginV3* clone() noexcept override { return noteQuick("IPluginV3::clone"), new Jit(*this); }
  char const* getPluginName() const noexcept override {
    return noteQuick("IPluginV3QuickCore::getPluginName"), "IPluginV3Quick";
  }
  int32_t setTactic(int32_t) noexcept override {
    return noteQuick("IPluginV3QuickRuntime::setTactic"), 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, Dims const*, Dims const*, int32_t, int32_t,
                  cudaStream_t) noexcept override {
    noteQuick("IPluginV3QuickRuntime::enqueue");
    size_t bytes = sizeof(float);
    for (int32_t i = 0; i < in[0].dims.nbDims; ++i) bytes *= static_cast<size_t>(in[0].dims.d[i]);
    std::memcpy(outputs[0], inputs[0], bytes);
    return 0;
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return noteQuick("IPluginV3QuickRuntime::getFieldsToSerialize"), &fields_;
  }

 private:
  PluginFieldCollection fields_{};
};

/// A number of a launch.
class Number final : public ISymExpr {
 public:
  void hold(IDimensionExpr const* value) { value_ = value; }
  PluginArgType getType() const noexcept override {
    return noteQuick("ISymExpr::getType"), PluginArgType::kINT;
  }
  PluginArgDataType getDataType() const noexcept override {
    return noteQuick("ISymExpr::getDataType"), PluginArgDataType::kINT32;
  }
  void* getExpr() noexcept override {
    return noteQuick("ISymExpr::getExpr"), const_cast<IDimensionExpr*>(value_);
  }

 private:
  IDimensionExpr const* value_ = nullptr;
};

/// Sets a number of a launch and reads it back.
struct LaunchNumber {
  char const *setName, *getName;
  bool (IKernelLaunchParams::*set)(ISymExpr*) noexcept;
  ISymExpr* (IKernelLaunchParams::*get)() noexcept;
};

#define TENON_LAUNCH_NUMBER(name)                                        \
  {                                                                      \
    "IKernelLaunchParams::set" #name, "IKernelLaunchParams::get" #name,  \
        &IKernelLaunchParams::set##name, &IKernelLaunchParams::get##name \
  }
constexpr LaunchNumber kLaunchNumbers[] = {
    TENON_LAUNCH_NUMBER(GridX),    TENON_LAUNCH_NUMBER(GridY),  TENON_LAUNCH_NUMBER(GridZ),
    TENON_LAUNCH_NUMBER(BlockX),   TENON_LAUNCH_NUMBER(BlockY), TENON_LAUNCH_NUMBER(BlockZ),
    TENON_LAUNCH_NUMBER(SharedMem)};
#undef TENON_LAUNCH_NUMBER

/// y = x + 0, by the kernel of test/compat/quick/shift_kernel.cc.
class Aot final : public QuickFaces<IPluginV3QuickAOTBuild> {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    noteQuick("IPluginV3::getCapabilityInterface");
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3QuickCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return nullptr;
    return static_cast<IPluginV3QuickAOTBuild*>(this);
  }
  IPluginV3* clone() noexcept override { return noteQuick("IPluginV3::clone"), new Aot; }
  char const* getPluginName() const noexcept override {
    return noteQuick("IPluginV3QuickCore::getPluginName"), "IPluginV3QuickAOT";
  }
  int32_t setTactic(int32_t) noexcept override {
    return noteQuick("IPluginV3QuickAOTBuild::setTactic"), 0;
  }
  int32_t getLaunchParams(DimsExprs const* in, DynamicPluginTensorDesc const*, int32_t, int32_t,
                          IKernelLaunchParams* launch, ISymExprs* extra,
                          IExprBuilder& builder) noexcept override {
    noteQuick("IPluginV3QuickAOTBuild::getLaunchParams");
    for (Number& number : numbers_) number.hold(builder.constant(1));
    numbers_[0].hold(builder.operation(DimensionOperation::kPROD, *in[0].d[0], *in[0].d[1]));
    numbers_[6].hold(builder.constant(0));
    bool well = true;
    for (size_t i = 0; i < numbers_.size(); ++i) {
      LaunchNumber const& number = kLaunchNumbers[i];
      noteQuick(number.setName);
      well &= (launch->*number.set)(&numbers_[i]);
      noteQuick(number.getName);
      well &= (launch->*number.get)() == &numbers_[i];
    }
    shift_.hold(builder.constant(0));
    noteQuick("ISymExprs::setNbSymExprs");
    well &= extra->setNbSymExprs(1);
    noteQuick("ISymExprs::getNbSymExprs");
    well &= extra->getNbSymExprs() == 1;
    noteQuick("ISymExprs::setSymExpr");
    well &= extra->setSymExpr(0, &shift_);
    noteQuick("ISymExprs::getSymExpr");
    well &= extra->getSymExpr(0) == &shift_;
    return well ? 0 : 1;
  }
  int32_t getKernel(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t,
                    char const** name, char** code, int32_t* size) noexcept override {
    std::ifstream file(SHIFT_KERNEL, std::ios::binary);
    code_.assign(std::istreambuf_iterator<char>(file), {});
    *name = "shift_entry";
    *code = code_.data();
    *size = static_cast<int32_t>(code_.size());
    return noteQuick("IPluginV3QuickAOTBuild::getKernel"), 0;
  }

 private:
  std::array<Number, 7> numbers_;
  Number shift_;
  std::vector<char> code_;
};

template <class Plugin>
class QuickCreator final : public IPluginCreatorV3Quick {
 public:
  explicit QuickCreator(char const* name) : name_(name) {}
  char const* getPluginName() const noexcept override {
    return noteQuick("IPluginCreatorV3Quick::getPluginName"), name_;
  }
  char const* getPluginVersion() const noexcept override {
    return noteQuick("IPluginCreatorV3Quick::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return noteQuick("IPluginCreatorV3Quick::getPluginNamespace"), "";
  }
  PluginFieldCollection const* getFieldNames() noexcept override {
    return noteQuick("IPluginCreatorV3Quick::getFieldNames"), &fields_;
  }
  IPluginV3* createPlugin(char const*, char const*, PluginFieldCollection const*, TensorRTPhase,
                          QuickPluginCreationRequest) noexcept override {
    return noteQuick("IPluginCreatorV3Quick::createPlugin"), new Plugin;
  }

 private:
  char const* name_;
  PluginFieldCollection fields_{};
};

}  // namespace

std::unique_ptr<IPluginCreatorInterface> creatorQuick() {
  return std::make_unique<QuickCreator<Jit>>("IPluginV3Quick");
}
std::unique_ptr<IPluginCreatorInterface> creatorQuickAot() {
  return std::make_unique<QuickCreator<Aot>>("IPluginV3QuickAOT");
}

}  // namespace witness
