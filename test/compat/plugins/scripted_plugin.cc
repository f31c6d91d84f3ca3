// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Answers read from the script.
#include "scripted_plugin.h"

#include <cstring>

namespace scripted {

using namespace nvinfer1;

namespace {

template <class... Given, class... Taken>
int32_t answer(std::function<int32_t(Given...)> const& function, Taken&&... arguments) {
  return function ? function(arguments...) : 0;
}

class Plugin final : public IPluginV3,
                     public IPluginV3OneCore,
                     public IPluginV3OneBuild,
                     public IPluginV3OneRuntime {
 public:
  explicit Plugin(Script const& script) : script_(script) {}

  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3OneRuntime*>(this);
    return script_.withoutBuild ? nullptr : static_cast<IPluginV3OneBuild*>(this);
  }
  IPluginV3* clone() noexcept override { return script_.clone ? script_.clone() : copy(); }
  char const* getPluginName() const noexcept override { return "Scripted"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return "test"; }

  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return answer(script_.configure);
  }
  int32_t getOutputDataTypes(DataType* out, int32_t nbOut, DataType const*,
                             int32_t) const noexcept override {
    for (int32_t i = 0; i < nbOut; ++i) {
      auto const at = static_cast<size_t>(i);
      out[i] = at < script_.types.size() ? script_.types[at] : DataType::kFLOAT;
    }
    return answer(script_.outputTypes);
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const* shapes, int32_t,
                          DimsExprs* out, int32_t nbOut, IExprBuilder& builder) noexcept override {
    for (int32_t i = 0; i < nbOut; ++i) out[i] = in[0];
    return answer(script_.shapes, Shapes{in, shapes, out, builder});
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    if (script_.supports) return script_.supports(pos);
    PluginTensorDesc const& asked = all[pos].desc;
    return asked.format == TensorFormat::kLINEAR &&
           (asked.type == DataType::kFLOAT || asked.type == DataType::kINT32);
  }
  int32_t getNbOutputs() const noexcept override { return script_.outputs; }
  int32_t getNbTactics() noexcept override { return static_cast<int32_t>(script_.tactics.size()); }
  int32_t getValidTactics(int32_t* tactics, int32_t) noexcept override {
    std::copy(script_.tactics.begin(), script_.tactics.end(), tactics);
    return answer(script_.validTactics);
  }
  char const* getTimingCacheID() noexcept override {
    return script_.timingCacheId.empty() ? nullptr : script_.timingCacheId.c_str();
  }
  size_t getWorkspaceSize(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) const noexcept override {
    return script_.workspace;
  }

  int32_t setTactic(int32_t tactic) noexcept override {
    tactic_ = tactic;
    return answer(script_.setTactic, tactic);
  }
  int32_t onShapeChange(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    return answer(script_.onShapeChange);
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, void* workspace,
                  cudaStream_t stream) noexcept override {
    if (script_.run) return script_.run({in, out, inputs, outputs, workspace, tactic_, stream});
    std::memcpy(outputs[0], inputs[0], sizeof(float) * static_cast<size_t>(volume(in[0].dims)));
    return 0;
  }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override {
    return script_.attach ? script_.attach() : copy();
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return script_.fields ? script_.fields() : &none_;
  }

 private:
  IPluginV3* copy() const {
    auto* made = new Plugin(script_);
    made->tactic_ = tactic_;
    return made;
  }

  Script script_;
  int32_t tactic_ = 0;
  PluginFieldCollection none_{};
};

}  // namespace

IPluginV3* make(Script const& script) { return new Plugin(script); }

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

}  // namespace scripted
