// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The same max-pool as a plugin of version 2 with dynamic shapes: IPluginV2DynamicExt.
#include <cstring>
#include <new>

#include "max_pool_common.h"

namespace maxpool {

using namespace nvinfer1;

namespace {

class DynamicMaxPool final : public IPluginV2DynamicExt {
 public:
  explicit DynamicMaxPool(Parameters const& parameters)
      : parameters_(parameters), window_(windowOf(parameters)) {}

  char const* getPluginType() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }
  IPluginV2DynamicExt* clone() const noexcept override {
    return new (std::nothrow) DynamicMaxPool(*this);
  }
  void destroy() noexcept override { delete this; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  DataType getOutputDataType(int32_t, DataType const* inputTypes, int32_t) const noexcept override {
    return inputTypes[0];
  }
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
    if (inOut[pos].type != DataType::kFLOAT) return false;
    if (pos > 0) return inOut[pos].format == inOut[0].format;
    return inOut[0].format == TensorFormat::kLINEAR || inOut[0].format == TensorFormat::kHWC;
  }
  void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {}
  size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    return 0;
  }

  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    auto const& from = in[0].dims.d;
    auto const& to = out[0].dims.d;
    auto const pool = in[0].format == TensorFormat::kHWC ? poolChannelsLast : poolLinear;
    pool(window_, {from[0], from[1], from[2], from[3], to[2], to[3]},
         static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]));
    return 0;
  }

  size_t getSerializationSize() const noexcept override { return sizeof parameters_; }
  void serialize(void* buffer) const noexcept override {
    std::memcpy(buffer, &parameters_, sizeof parameters_);
  }

 private:
  Parameters parameters_;
  Window window_;
  std::string namespace_ = kNamespace;
};

class DynamicMaxPoolCreator final : public IPluginCreator {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &understoodFields(); }
  IPluginV2* createPlugin(char const*, PluginFieldCollection const* fields) noexcept override {
    Parameters parameters;
    return read(fields, parameters) ? make(parameters) : nullptr;
  }
  IPluginV2* deserializePlugin(char const*, void const* data, size_t length) noexcept override {
    Parameters parameters;
    if (length != sizeof parameters) return nullptr;
    std::memcpy(&parameters, data, length);
    return make(parameters);
  }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 private:
  /// A plugin is in the namespace of its creator.
  IPluginV2* make(Parameters const& parameters) const {
    auto* plugin = new (std::nothrow) DynamicMaxPool(parameters);
    if (plugin != nullptr) plugin->setPluginNamespace(namespace_.c_str());
    return plugin;
  }

  std::string namespace_ = kNamespace;
};

}  // namespace

REGISTER_TENSORRT_PLUGIN(DynamicMaxPoolCreator);

}  // namespace maxpool

extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  static maxpool::DynamicMaxPoolCreator creator;
  static nvinfer1::IPluginCreatorInterface* const kCreators[] = {&creator};
  nbCreators = 1;
  return kCreators;
}
