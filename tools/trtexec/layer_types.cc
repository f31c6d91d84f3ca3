// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers and tensors by name.
#include "tools/trtexec/layer_types.h"

#include <fmt/format.h>

#include "tools/trtexec/console.h"
#include "tools/trtexec/elements.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

/// Every name must mean a layer.
template <class Value>
void check_names(const INetworkDefinition& network, const std::map<std::string, Value>& map,
                 const char* flag) {
  for (const auto& [pattern, value] : map) {
    bool known = false;
    for (int32_t i = 0; i < network.getNbLayers() && !known; ++i) {
      known = matches(pattern, network.getLayer(i)->getName());
    }
    if (!known) {
      throw Failure(
          fmt::format("{} names {}, which is no layer of the model; --verbose tells the layers.",
                      flag, pattern));
    }
  }
}

bool is_real(DataType type) {
  return type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kBF16;
}

/// Whether a layer that only a pattern names is meant: one with real numbers on both sides.
bool computes_reals(const ILayer& layer) {
  for (int32_t i = 0; i < layer.getNbInputs(); ++i) {
    const ITensor* input = layer.getInput(i);
    if (input != nullptr && i == 0 && !is_real(input->getType())) return false;
  }
  return layer.getNbOutputs() > 0 && is_real(layer.getOutput(0)->getType());
}

void set_output_types(ILayer& layer, const std::vector<DataType>& types) {
  const int32_t outputs = layer.getNbOutputs();
  if (types.size() != 1 && static_cast<int32_t>(types.size()) != outputs) {
    throw Failure(
        fmt::format("--layerOutputTypes gives {} types to layer {}, which has {} outputs.",
                    types.size(), layer.getName(), outputs));
  }
  for (int32_t i = 0; i < outputs; ++i) {
    layer.setOutputType(i, types.size() == 1 ? types[0] : types[static_cast<size_t>(i)]);
  }
}

template <class Value>
const Value* meant(const std::map<std::string, Value>& map, const ILayer& layer) {
  const std::string name = layer.getName();
  const bool exact = map.count(name) > 0;
  return exact || computes_reals(layer) ? find(map, name) : nullptr;
}

}  // namespace

void set_layers(const INetworkDefinition& network, IBuilderConfig& config,
                const BuildOptions& build) {
  check_names(network, build.layer_precisions, "--layerPrecisions");
  check_names(network, build.layer_output_types, "--layerOutputTypes");
  check_names(network, build.layer_devices, "--layerDeviceTypes");
  const bool typed = build.precision_constraints != PrecisionConstraints::None;
  for (int32_t i = 0; i < network.getNbLayers(); ++i) {
    ILayer& layer = *network.getLayer(i);
    if (const DeviceType* device = find(build.layer_devices, layer.getName())) {
      config.setDeviceType(&layer, *device);
    }
    if (!typed) continue;
    if (const DataType* type = meant(build.layer_precisions, layer)) {
      layer.setPrecision(*type);
      console().say(ILogger::Severity::kVERBOSE,
                    fmt::format("Layer {} shall compute in {}.", layer.getName(), to_text(*type)));
    }
    if (const auto* types = meant(build.layer_output_types, layer)) set_output_types(layer, *types);
  }
  if (!typed) return;
  config.setFlag(build.precision_constraints == PrecisionConstraints::Obey
                     ? BuilderFlag::kOBEY_PRECISION_CONSTRAINTS
                     : BuilderFlag::kPREFER_PRECISION_CONSTRAINTS);
}

void mark_debug_tensors(INetworkDefinition& network, const BuildOptions& build) {
  for (const std::string& pattern : build.debug_tensors) {
    int marked = 0;
    const auto consider = [&](ITensor* tensor) {
      if (tensor == nullptr || !matches(pattern, tensor->getName())) return;
      if (!network.markDebug(*tensor)) {
        throw Failure(
            fmt::format("--markDebug={} is refused; the reason stands above.", tensor->getName()));
      }
      ++marked;
    };
    for (int32_t i = 0; i < network.getNbInputs(); ++i) consider(network.getInput(i));
    for (int32_t i = 0; i < network.getNbLayers(); ++i) {
      const ILayer& layer = *network.getLayer(i);
      for (int32_t k = 0; k < layer.getNbOutputs(); ++k) consider(layer.getOutput(k));
    }
    if (marked == 0) {
      throw Failure(fmt::format("--markDebug names {}, which is no tensor of the model.", pattern));
    }
  }
  if (build.debug_unfused && !network.markUnfusedTensorsAsDebugTensors()) {
    throw Failure("--markUnfusedTensorsAsDebugTensors is refused; the reason stands above.");
  }
}

}  // namespace tenon::trtexec
