// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers of an engine, told at the verbosity it was built with.
#include "api/infer/inspector.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "kernel/candidate.h"

namespace tenon::api {

namespace {

using nlohmann::ordered_json;
using nvinfer1::LayerInformationFormat;
using nvinfer1::ProfilingVerbosity;

ProfilingVerbosity verbosity(const session::Engine& engine) {
  return static_cast<ProfilingVerbosity>(engine.plan().profiling_verbosity());
}

/// Extents of a tensor; -1 where they depend on symbols.
ordered_json extents(const plan::TensorView& tensor) {
  ordered_json list = ordered_json::array();
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    const auto code = tensor.shape[axis];
    int64_t value = -1;
    const bool constant = code.size() == 2 && (code[0] & 0xff) == 0;
    if (constant) value = code[1];
    list.push_back(value);
  }
  return list;
}

ordered_json tensors(const plan::View& plan, std::span<const uint32_t> numbers) {
  ordered_json list = ordered_json::array();
  for (const uint32_t number : numbers) {
    if (number == plan::kNoTensor) continue;
    const plan::TensorView tensor = plan.tensor(number);
    list.push_back({{"Name", tensor.name},
                    {"Location", tensor.place == plan::Place::Constant ? "Constant" : "Host"},
                    {"Dimensions", extents(tensor)},
                    {"Format/Datatype", fmt::format("{} {}", kernel::to_string(tensor.layout),
                                                    to_string(tensor.dtype))}});
    if (tensor.scale != 0) list.back()["Scale"] = tensor.scale;
  }
  return list;
}

const char* layer_type(const plan::StepView& step) {
  return step.plugin.empty() ? "Kernel" : "PluginV3";
}

/// A name alone, or, in detailed engines, all there is to know.
ordered_json layer(const session::Engine& engine, size_t index) {
  const plan::View& plan = engine.plan();
  const plan::StepView step = plan.step(index);
  if (verbosity(engine) == ProfilingVerbosity::kNONE) return fmt::format("layer {}", index);
  if (verbosity(engine) == ProfilingVerbosity::kLAYER_NAMES_ONLY) return step.name;
  ordered_json sources = ordered_json::array();
  for (uint32_t i = 0; i < step.source_count; ++i) sources.push_back(plan.source(index, i));
  ordered_json result{
      {"Name", step.name},
      {"LayerType", layer_type(step)},
      {"Inputs", tensors(plan, step.inputs)},
      {"Outputs", tensors(plan, step.outputs)},
      {"TacticName", fmt::format("{}/{}@{}", step.family, step.kernel, step.version)},
      {"TacticValue", step.tactic},
      {"Threads", step.threads},
      {"WorkspaceBytes", step.workspace_bytes},
      {"Sources", std::move(sources)}};
  if (engine.aux_stream_count() > 0) {
    result["Stream"] = step.stream;
    result["WaitsFor"] = engine.awaited_by(index);
  }
  if (!step.plugin.empty()) {
    result["PluginName"] = step.kernel;
    result["PluginVersion"] = step.plugin_version;
    result["PluginNamespace"] = step.plugin_namespace;
    result["PluginLibrary"] = step.plugin_library;
  }
  if (!step.metadata.empty()) result["Metadata"] = step.metadata;
  return result;
}

std::string oneline(const session::Engine& engine, size_t index) {
  const plan::StepView step = engine.plan().step(index);
  if (verbosity(engine) == ProfilingVerbosity::kNONE) return fmt::format("layer {}", index);
  if (verbosity(engine) == ProfilingVerbosity::kLAYER_NAMES_ONLY) return std::string(step.name);
  return fmt::format("Name: {}, LayerType: {}, TacticName: {}/{}@{}, TacticValue: {}, Threads: {}",
                     step.name, layer_type(step), step.family, step.kernel, step.version,
                     step.tactic, step.threads);
}

}  // namespace

bool Inspector::setExecutionContext(nvinfer1::IExecutionContext const* context) noexcept {
  context_ = context;
  return true;
}
nvinfer1::IExecutionContext const* Inspector::getExecutionContext() const noexcept {
  return context_;
}

char const* Inspector::getLayerInformation(int32_t layerIndex,
                                           LayerInformationFormat format) const noexcept {
  return guarded<char const*>(voice_, nullptr, [&]() -> char const* {
    if (layerIndex < 0 || static_cast<size_t>(layerIndex) >= engine_->step_count()) {
      voice_.refuse(Code::InvalidArgument, fmt::format("there is no layer {}: the engine has {}",
                                                       layerIndex, engine_->step_count()));
      return nullptr;
    }
    const auto index = static_cast<size_t>(layerIndex);
    text_ = format == LayerInformationFormat::kJSON ? layer(*engine_, index).dump(2)
                                                    : oneline(*engine_, index) + "\n";
    return text_.c_str();
  });
}

char const* Inspector::getEngineInformation(LayerInformationFormat format) const noexcept {
  return guarded<char const*>(voice_, nullptr, [&] {
    if (format == LayerInformationFormat::kJSON) {
      ordered_json layers = ordered_json::array(), bindings = ordered_json::array();
      for (size_t i = 0; i < engine_->step_count(); ++i) layers.push_back(layer(*engine_, i));
      for (const session::IoTensor& io : engine_->io()) bindings.push_back(io.name);
      text_ = ordered_json{{"Layers", layers}, {"Bindings", bindings}}.dump(2);
    } else {
      text_ = "Layers:\n";
      for (size_t i = 0; i < engine_->step_count(); ++i) text_ += oneline(*engine_, i) + "\n";
      text_ += "Bindings:\n";
      for (const session::IoTensor& io : engine_->io()) text_ += std::string(io.name) + "\n";
    }
    return text_.c_str();
  });
}

void Inspector::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Inspector::getErrorRecorder() const noexcept { return voice_.recorder(); }

}  // namespace tenon::api
