// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The same max-pool as a plugin of version 2 with fixed shapes: IPluginV2IOExt. It never sees the
// batch axis: the extents of a picture are told while building, and kept in the engine.
#include <cstring>
#include <new>

#include "max_pool_common.h"

namespace maxpool {

using namespace nvinfer1;

namespace {

/// What the engine keeps.
struct State {
  Parameters parameters;
  int32_t channelsLast = 0;
  int64_t channels = 0, height = 0, width = 0;  ///< of the input
};

class FixedMaxPool final : public IPluginV2IOExt {
 public:
  explicit FixedMaxPool(State const& state) : state_(state), window_(windowOf(state.parameters)) {}

  char const* getPluginType() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }
  IPluginV2IOExt* clone() const noexcept override { return new (std::nothrow) FixedMaxPool(*this); }
  void destroy() noexcept override { delete this; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  DataType getOutputDataType(int32_t, DataType const* inputTypes, int32_t) const noexcept override {
    return inputTypes[0];
  }
  Dims getOutputDimensions(int32_t, Dims const* inputs, int32_t) noexcept override {
    if (inputs[0].nbDims != 3) return {-1, {}};
    Dims output = inputs[0];
    output.d[1] = pooled(output.d[1], window_.y);
    output.d[2] = pooled(output.d[2], window_.x);
    return output;
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut, int32_t,
                                 int32_t) const noexcept override {
    if (inOut[pos].type != DataType::kFLOAT) return false;
    if (pos > 0) return inOut[pos].format == inOut[0].format;
    return inOut[0].format == TensorFormat::kLINEAR || inOut[0].format == TensorFormat::kHWC;
  }
  void configurePlugin(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                       int32_t) noexcept override {
    state_.channelsLast = in[0].format == TensorFormat::kHWC ? 1 : 0;
    state_.channels = in[0].dims.d[0];
    state_.height = in[0].dims.d[1];
    state_.width = in[0].dims.d[2];
  }
  size_t getWorkspaceSize(int32_t) const noexcept override { return 0; }

  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  int32_t enqueue(int32_t batchSize, void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    auto const pool = state_.channelsLast != 0 ? poolChannelsLast : poolLinear;
    pool(window_,
         {batchSize, state_.channels, state_.height, state_.width, pooled(state_.height, window_.y),
          pooled(state_.width, window_.x)},
         static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]));
    return 0;
  }

  size_t getSerializationSize() const noexcept override { return sizeof state_; }
  void serialize(void* buffer) const noexcept override {
    std::memcpy(buffer, &state_, sizeof state_);
  }

 private:
  State state_;
  Window window_;
  std::string namespace_ = kNamespace;
};

class FixedMaxPoolCreator final : public IPluginCreator {
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
    auto* plugin = new (std::nothrow) FixedMaxPool(state);
    if (plugin != nullptr) plugin->setPluginNamespace(namespace_.c_str());
    return plugin;
  }

  std::string namespace_ = kNamespace;
};

}  // namespace

REGISTER_TENSORRT_PLUGIN(FixedMaxPoolCreator);

}  // namespace maxpool

// The older name of getCreators, which libraries of version 2 export.
extern "C" TENSORRTAPI nvinfer1::IPluginCreator* const* getPluginCreators(int32_t& nbCreators) {
  static maxpool::FixedMaxPoolCreator creator;
  static nvinfer1::IPluginCreator* const kCreators[] = {&creator};
  nbCreators = 1;
  return kCreators;
}
