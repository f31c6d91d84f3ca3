// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 3, with every method it may leave to its base.
#include <cstring>

#include "witness.h"

namespace witness {

using namespace nvinfer1;

namespace {

void note(char const* method) { journal().note(method); }

class PluginV3 final : public IPluginV3,
                       public IPluginV3OneCore,
                       public IPluginV3OneBuildV2,
                       public IPluginV3OneRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    note("IPluginV3::getCapabilityInterface");
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3OneRuntime*>(this);
    return static_cast<IPluginV3OneBuildV2*>(this);
  }
  IPluginV3* clone() noexcept override { return note("IPluginV3::clone"), new PluginV3(*this); }

  char const* getPluginName() const noexcept override {
    return note("IPluginV3OneCore::getPluginName"), "IPluginV3";
  }
  char const* getPluginVersion() const noexcept override {
    return note("IPluginV3OneCore::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return note("IPluginV3OneCore::getPluginNamespace"), "";
  }

  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return note("IPluginV3OneBuild::configurePlugin"), 0;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const*,
                             int32_t) const noexcept override {
    out[0] = DataType::kFLOAT;
    return note("IPluginV3OneBuild::getOutputDataTypes"), 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out,
                          int32_t, IExprBuilder& builder) noexcept override {
    note("IPluginV3OneBuild::getOutputShapes");
    out[0] = in[0];
    // The same extent by way of every call that a plugin may make back, sizes apart.
    note("IExprBuilder::constant");
    IDimensionExpr const* one = builder.constant(1);
    note("IDimensionExpr::isConstant");
    note("IDimensionExpr::getConstantValue");
    if (!one->isConstant() || one->getConstantValue() != 1 || one->isSizeTensor()) return 1;
    note("IDimensionExpr::isSizeTensor");
    note("IExprBuilder::operation");
    out[0].d[0] = builder.operation(DimensionOperation::kPROD, *in[0].d[0], *one);
    return out[0].d[0] == nullptr ? 1 : 0;
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    note("IPluginV3OneBuild::supportsFormatCombination");
    return all[pos].desc.type == DataType::kFLOAT && all[pos].desc.format == TensorFormat::kLINEAR;
  }
  int32_t getNbOutputs() const noexcept override {
    return note("IPluginV3OneBuild::getNbOutputs"), 1;
  }
  size_t getWorkspaceSize(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) const noexcept override {
    return note("IPluginV3OneBuild::getWorkspaceSize"), 16;
  }
  int32_t getNbTactics() noexcept override { return note("IPluginV3OneBuild::getNbTactics"), 2; }
  int32_t getValidTactics(int32_t* tactics, int32_t) noexcept override {
    tactics[0] = 1;
    tactics[1] = 2;
    return note("IPluginV3OneBuild::getValidTactics"), 0;
  }
  char const* getTimingCacheID() noexcept override {
    return note("IPluginV3OneBuild::getTimingCacheID"), "witness";
  }
  int32_t getFormatCombinationLimit() noexcept override {
    return note("IPluginV3OneBuild::getFormatCombinationLimit"), 100;
  }
  char const* getMetadataString() noexcept override {
    return note("IPluginV3OneBuild::getMetadataString"), "witness";
  }
  int32_t getAliasedInput(int32_t) noexcept override {
    return note("IPluginV3OneBuildV2::getAliasedInput"), -1;
  }

  int32_t setTactic(int32_t) noexcept override { return note("IPluginV3OneRuntime::setTactic"), 0; }
  int32_t onShapeChange(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    return note("IPluginV3OneRuntime::onShapeChange"), 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t) noexcept override {
    note("IPluginV3OneRuntime::enqueue");
    size_t bytes = sizeof(float);
    for (int32_t i = 0; i < in[0].dims.nbDims; ++i) bytes *= static_cast<size_t>(in[0].dims.d[i]);
    std::memcpy(outputs[0], inputs[0], bytes);
    return 0;
  }
  IPluginV3* attachToContext(IPluginResourceContext* context) noexcept override {
    note("IPluginV3OneRuntime::attachToContext");
    note("IPluginResourceContext::getGpuAllocator");
    note("IPluginResourceContext::getErrorRecorder");
    (void)context->getErrorRecorder();  // null unless the user set one
    return context->getGpuAllocator() == nullptr ? nullptr : new PluginV3(*this);
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return note("IPluginV3OneRuntime::getFieldsToSerialize"), &fields_;
  }

 private:
  PluginFieldCollection fields_{};
};

class CreatorV3 final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override {
    return note("IPluginCreatorV3One::getPluginName"), "IPluginV3";
  }
  char const* getPluginVersion() const noexcept override {
    return note("IPluginCreatorV3One::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return note("IPluginCreatorV3One::getPluginNamespace"), "";
  }
  PluginFieldCollection const* getFieldNames() noexcept override {
    return note("IPluginCreatorV3One::getFieldNames"), &fields_;
  }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const*,
                          TensorRTPhase) noexcept override {
    return note("IPluginCreatorV3One::createPlugin"), new PluginV3;
  }

 private:
  PluginFieldCollection fields_{};
};

}  // namespace

std::unique_ptr<IPluginCreatorInterface> creatorV3() { return std::make_unique<CreatorV3>(); }

}  // namespace witness
