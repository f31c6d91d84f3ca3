// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin behind the log.
#include "recording_plugin.h"

#include <algorithm>
#include <cstring>

namespace recording {

using namespace nvinfer1;

Log& log() {
  static Log one;
  return one;
}

int Log::count(const std::string& method) const { return static_cast<int>(of(method).size()); }

std::vector<Call> Log::of(const std::string& method) const {
  std::vector<Call> found;
  std::copy_if(calls.begin(), calls.end(), std::back_inserter(found),
               [&](const Call& call) { return call.method == method; });
  return found;
}

int Log::first(const std::string& method) const {
  const auto at = std::find_if(calls.begin(), calls.end(),
                               [&](const Call& call) { return call.method == method; });
  return at == calls.end() ? -1 : static_cast<int>(at - calls.begin());
}

int Log::last(const std::string& method) const {
  const auto at = std::find_if(calls.rbegin(), calls.rend(),
                               [&](const Call& call) { return call.method == method; });
  return at == calls.rend() ? -1 : static_cast<int>(calls.rend() - at) - 1;
}

namespace {

std::string text(const Dims& dims) {
  std::string all;
  for (int32_t i = 0; i < dims.nbDims; ++i) all += (i == 0 ? "" : "x") + std::to_string(dims.d[i]);
  return all;
}

class Plugin final : public IPluginV3,
                     public IPluginV3OneCore,
                     public IPluginV3OneBuild,
                     public IPluginV3OneRuntime {
 public:
  Plugin(float scale, int32_t tactic) : scale_(scale), tactic_(tactic), id_(++log().made) {
    ++log().alive;
  }
  ~Plugin() override {
    note("destroy");
    --log().alive;
  }

  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
    return static_cast<IPluginV3OneRuntime*>(this);
  }
  IPluginV3* clone() noexcept override {
    note("clone");
    return new Plugin(scale_, tactic_);
  }
  char const* getPluginName() const noexcept override { return "Recorder"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return "test"; }

  int32_t configurePlugin(DynamicPluginTensorDesc const* in, int32_t,
                          DynamicPluginTensorDesc const*, int32_t) noexcept override {
    note("configurePlugin", text(in[0].desc.dims) + " " + text(in[0].min) + " " + text(in[0].opt) +
                                " " + text(in[0].max));
    return log().fail_configure ? 7 : 0;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t nbOut, DataType const* in,
                             int32_t nbIn) const noexcept override {
    note("getOutputDataTypes", std::to_string(nbIn) + ">" + std::to_string(nbOut));
    out[0] = in[0];
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const* shapes, int32_t nbShapes,
                          DimsExprs* out, int32_t, IExprBuilder&) noexcept override {
    note("getOutputShapes", shapes == nullptr && nbShapes == 0 ? "null" : "some");
    out[0] = in[0];
    return log().fail_shapes ? 5 : 0;
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* all, int32_t nbIn,
                                 int32_t nbOut) noexcept override {
    bool later_empty = true;
    for (int32_t i = pos + 1; i < nbIn + nbOut; ++i) later_empty &= all[i].desc.dims.nbDims == 0;
    note("supportsFormatCombination", std::to_string(pos) + (later_empty ? "" : " sees later"));
    const bool linear = all[pos].desc.format == TensorFormat::kLINEAR;
    return all[pos].desc.type == DataType::kFLOAT && linear;
  }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getNbTactics() noexcept override { return 2; }
  int32_t getValidTactics(int32_t* tactics, int32_t count) noexcept override {
    note("getValidTactics", std::to_string(count));
    tactics[0] = 11;
    tactics[1] = 12;
    return 0;
  }
  size_t getWorkspaceSize(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) const noexcept override {
    return 64;
  }

  int32_t setTactic(int32_t tactic) noexcept override {
    note("setTactic", std::to_string(tactic));
    tactic_ = tactic;
    return 0;
  }
  int32_t onShapeChange(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    note("onShapeChange", text(in[0].dims));
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t) noexcept override {
    note("enqueue", std::to_string(tactic_) + (workspace == nullptr ? " without workspace" : ""));
    int64_t count = 1;
    for (int32_t i = 0; i < in[0].dims.nbDims; ++i) count *= in[0].dims.d[i];
    for (int64_t i = 0; i < count; ++i) {
      static_cast<float*>(outputs[0])[i] = scale_ * static_cast<float const*>(inputs[0])[i];
    }
    return log().fail_enqueue ? 3 : 0;
  }
  IPluginV3* attachToContext(IPluginResourceContext* context) noexcept override {
    note("attachToContext", context->getGpuAllocator() == nullptr ? "no allocator" : "");
    return clone();
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    note("getFieldsToSerialize");
    fields_ = {PluginField{"scale", &scale_, PluginFieldType::kFLOAT32, 1}};
    collection_ = {1, fields_.data()};
    return &collection_;
  }

 private:
  void note(const char* method, std::string detail = "") const {
    log().calls.push_back({id_, method, std::move(detail)});
  }

  float scale_;
  int32_t tactic_;
  int id_;
  std::vector<PluginField> fields_;
  PluginFieldCollection collection_{};
};

}  // namespace

Creator::Creator() : wanted_{{"scale", nullptr, PluginFieldType::kFLOAT32, 1}} {
  fields_ = {1, wanted_.data()};
}

IPluginV3* Creator::createPlugin(char const* name, PluginFieldCollection const* fc,
                                 TensorRTPhase phase) noexcept {
  std::string detail = phase == TensorRTPhase::kBUILD ? "build" : "runtime";
  float scale = 1;
  for (int32_t i = 0; i < fc->nbFields; ++i) {
    detail += std::string(" ") + fc->fields[i].name;
    if (std::strcmp(fc->fields[i].name, "scale") == 0) {
      scale = *static_cast<float const*>(fc->fields[i].data);
    }
  }
  log().calls.push_back({0, "createPlugin", detail + " for " + name});
  return new Plugin(scale, 0);
}

IPluginV3* make(float scale) { return new Plugin(scale, 0); }

}  // namespace recording
