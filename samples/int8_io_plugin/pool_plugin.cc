// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the builder asks, and the run.
#include "pool_plugin.h"

#include <cstring>
#include <stdexcept>

namespace sample {

using nvinfer1::AsciiChar;
using nvinfer1::DataType;
using nvinfer1::Dims;
using nvinfer1::PluginTensorDesc;

namespace {

char const* const kFields[] = {"kernel", "strides", "padding"};

/// Whether the window can be applied at all.
bool isSound(Window const& window) {
  bool sound = true;
  for (int axis = 0; axis < 2; ++axis) {
    sound = sound && window.kernel[axis] >= 1 && window.stride[axis] >= 1 &&
            window.pad[axis] >= 0 && window.pad[axis] < window.kernel[axis];
  }
  return sound;
}

}  // namespace

PoolPlugin::PoolPlugin(void const* data, size_t length) : state_{} {
  if (data == nullptr || length != sizeof state_) {
    throw std::runtime_error("these bytes are no MaxPool plugin's");
  }
  std::memcpy(&state_, data, sizeof state_);
  if (!isSound(state_.window)) throw std::runtime_error("these bytes are no MaxPool plugin's");
}

Dims PoolPlugin::getOutputDimensions(int32_t, Dims const* inputs, int32_t nbInputDims) noexcept {
  Dims output{};
  output.nbDims = -1;
  if (nbInputDims != 1 || inputs[0].nbDims != 3) return output;
  Planes const planes =
      pooled({1, static_cast<int32_t>(inputs[0].d[1]), static_cast<int32_t>(inputs[0].d[2])},
             state_.window);
  output = inputs[0];
  output.d[1] = planes.height;
  output.d[2] = planes.width;
  return output;
}

DataType PoolPlugin::getOutputDataType(int32_t, DataType const* inputTypes,
                                       int32_t) const noexcept {
  return inputTypes[0];
}

bool PoolPlugin::supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut, int32_t,
                                           int32_t) const noexcept {
  DataType const type = inOut[pos].type;
  bool const known = type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kINT8;
  return known && inOut[pos].format == nvinfer1::TensorFormat::kLINEAR && type == inOut[0].type;
}

void PoolPlugin::configurePlugin(PluginTensorDesc const* in, int32_t, PluginTensorDesc const* out,
                                 int32_t) noexcept {
  Dims const& dims = in[0].dims;
  state_.input = {static_cast<int32_t>(dims.d[0]), static_cast<int32_t>(dims.d[1]),
                  static_cast<int32_t>(dims.d[2])};
  state_.type = static_cast<int32_t>(in[0].type);
  state_.inScale = in[0].scale > 0 ? in[0].scale : 1;
  state_.outScale = out[0].scale > 0 ? out[0].scale : 1;
}

size_t PoolPlugin::getWorkspaceSize(int32_t) const noexcept { return 0; }

int32_t PoolPlugin::enqueue(int32_t batchSize, void const* const* inputs, void* const* outputs,
                            void*, cudaStream_t) noexcept {
  // Engines of the CPU run plugins in the order of their steps and give them addresses of the host.
  Planes planes = state_.input;
  planes.count *= batchSize;
  switch (static_cast<DataType>(state_.type)) {
    case DataType::kFLOAT:
      maxPool(static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]), planes,
              state_.window);
      return 0;
    case DataType::kHALF:
      maxPoolHalf(static_cast<uint16_t const*>(inputs[0]), static_cast<uint16_t*>(outputs[0]),
                  planes, state_.window);
      return 0;
    case DataType::kINT8:
      maxPoolInt8(static_cast<int8_t const*>(inputs[0]), static_cast<int8_t*>(outputs[0]), planes,
                  state_.window, state_.inScale, state_.outScale);
      return 0;
    default:
      return 1;
  }
}

void PoolPlugin::serialize(void* buffer) const noexcept {
  std::memcpy(buffer, &state_, sizeof state_);
}

nvinfer1::IPluginV2Ext* PoolPlugin::clone() const noexcept { return new PoolPlugin(*this); }

void PoolPlugin::setPluginNamespace(AsciiChar const* pluginNamespace) noexcept {
  namespace_ = pluginNamespace;
}
AsciiChar const* PoolPlugin::getPluginNamespace() const noexcept { return namespace_.c_str(); }

PoolCreator::PoolCreator() {
  for (char const* name : kFields) {
    fields_.emplace_back(name, nullptr, nvinfer1::PluginFieldType::kINT32, 2);
  }
  collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
}

nvinfer1::IPluginV2* PoolCreator::createPlugin(AsciiChar const*,
                                               nvinfer1::PluginFieldCollection const* fc) noexcept {
  Window window;
  int32_t* const places[] = {window.kernel, window.stride, window.pad};
  for (int32_t i = 0; fc != nullptr && i < fc->nbFields; ++i) {
    nvinfer1::PluginField const& field = fc->fields[i];
    for (int place = 0; place < 3; ++place) {
      if (std::strcmp(field.name, kFields[place]) != 0) continue;
      if (field.type != nvinfer1::PluginFieldType::kINT32 || field.length != 2) return nullptr;
      std::memcpy(places[place], field.data, 2 * sizeof(int32_t));
    }
  }
  return isSound(window) ? new PoolPlugin(window) : nullptr;
}

nvinfer1::IPluginV2* PoolCreator::deserializePlugin(AsciiChar const*, void const* serialData,
                                                    size_t serialLength) noexcept {
  try {
    return new PoolPlugin(serialData, serialLength);
  } catch (std::exception const&) {
    return nullptr;
  }
}

void PoolCreator::setPluginNamespace(AsciiChar const* pluginNamespace) noexcept {
  namespace_ = pluginNamespace;
}
AsciiChar const* PoolCreator::getPluginNamespace() const noexcept { return namespace_.c_str(); }

REGISTER_TENSORRT_PLUGIN(PoolCreator);

}  // namespace sample
