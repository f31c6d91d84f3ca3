// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The max-pool plugin of version 2 with a kernel for GPUs: IPluginV2DynamicExt, or IPluginV2IOExt
// where MAX_POOL_IO is defined. What such plugins are given by an engine there.
#include <cstring>
#include <new>
#include <string>

#include "max_pool_common.h"
#include "max_pool_launch.cuh"

namespace maxpool {

using namespace nvinfer1;

namespace {

/// What the engine keeps; the extents are told while building, to plugins of fixed shapes alone.
struct State {
  Parameters parameters;
  int32_t channelsLast = 0;
  int64_t channels = 0, height = 0, width = 0;
};

bool serves(DataType type, TensorFormat format, TensorFormat first, int32_t pos) {
  if (type != DataType::kFLOAT) return false;
  return pos > 0 ? format == first
                 : format == TensorFormat::kLINEAR || format == TensorFormat::kHWC;
}

/// What both kinds say alike.
template <class Base, class Own>
class Common : public Base {
 public:
  explicit Common(State const& state) : state_(state), window_(windowOf(state.parameters)) {}
  char const* getPluginType() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }
  Base* clone() const noexcept override {
    return new (std::nothrow) Own(static_cast<Own const&>(*this));
  }
  void destroy() noexcept override { delete static_cast<Own*>(this); }
  int32_t getNbOutputs() const noexcept override { return 1; }
  DataType getOutputDataType(int32_t, DataType const* inputTypes, int32_t) const noexcept override {
    return inputTypes[0];
  }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  size_t getSerializationSize() const noexcept override { return sizeof state_; }
  void serialize(void* buffer) const noexcept override {
    std::memcpy(buffer, &state_, sizeof state_);
  }

 protected:
  State state_;
  Window window_;

 private:
  std::string namespace_ = kNamespace;
};

#ifdef MAX_POOL_IO

class CudaMaxPool final : public Common<IPluginV2IOExt, CudaMaxPool> {
 public:
  using Common::Common;
  Dims getOutputDimensions(int32_t, Dims const* inputs, int32_t) noexcept override {
    if (inputs[0].nbDims != 3) return {-1, {}};
    Dims output = inputs[0];
    output.d[1] = pooled(output.d[1], window_.y);
    output.d[2] = pooled(output.d[2], window_.x);
    return output;
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut, int32_t,
                                 int32_t) const noexcept override {
    return serves(inOut[pos].type, inOut[pos].format, inOut[0].format, pos);
  }
  void configurePlugin(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                       int32_t) noexcept override {
    state_.channelsLast = in[0].format == TensorFormat::kHWC ? 1 : 0;
    state_.channels = in[0].dims.d[0];
    state_.height = in[0].dims.d[1];
    state_.width = in[0].dims.d[2];
  }
  size_t getWorkspaceSize(int32_t) const noexcept override { return 0; }
  int32_t enqueue(int32_t batch, void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t stream) noexcept override {
    Extents const extents{batch,
                          state_.channels,
                          state_.height,
                          state_.width,
                          pooled(state_.height, window_.y),
                          pooled(state_.width, window_.x)};
    return launchPool(window_, extents, state_.channelsLast != 0, inputs[0], outputs[0], stream);
  }
};

#else

class CudaMaxPool final : public Common<IPluginV2DynamicExt, CudaMaxPool> {
 public:
  using Common::Common;
  DimsExprs getOutputDimensions(int32_t, DimsExprs const* inputs, int32_t,
                                IExprBuilder& builder) noexcept override {
    DimsExprs output = inputs[0];
    if (output.nbDims != 4) return {-1, {}};
    output.d[2] = pooled(*output.d[2], window_.y, builder);
    output.d[3] = pooled(*output.d[3], window_.x, builder);
    return output;
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut, int32_t,
                                 int32_t) noexcept override {
    return serves(inOut[pos].type, inOut[pos].format, inOut[0].format, pos);
  }
  void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {}
  size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t stream) noexcept override {
    auto const& from = in[0].dims.d;
    auto const& to = out[0].dims.d;
    return launchPool(window_, {from[0], from[1], from[2], from[3], to[2], to[3]},
                      in[0].format == TensorFormat::kHWC, inputs[0], outputs[0], stream);
  }
};

#endif

class CudaMaxPoolCreator final : public IPluginCreator {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &understoodFields(); }
  IPluginV2* createPlugin(char const*, PluginFieldCollection const* fields) noexcept override {
    State state;
    return read(fields, state.parameters) ? make(state) : nullptr;
  }
  IPluginV2* deserializePlugin(char const*, void const* data, size_t length) noexcept override {
    State state;
    if (length != sizeof state) return nullptr;
    std::memcpy(&state, data, length);
    return make(state);
  }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 private:
  /// A plugin is in the namespace of its creator.
  IPluginV2* make(State const& state) const {
    auto* plugin = new (std::nothrow) CudaMaxPool(state);
    if (plugin != nullptr) plugin->setPluginNamespace(namespace_.c_str());
    return plugin;
  }

  std::string namespace_ = kNamespace;
};

}  // namespace

REGISTER_TENSORRT_PLUGIN(CudaMaxPoolCreator);

}  // namespace maxpool
