// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The inspector's words, and profiles.
#include "tools/trtexec/inspect.h"

#include <fmt/format.h>

#include <memory>

#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/network_shapes.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

std::string information(const ICudaEngine& engine, LayerInformationFormat format) {
  const std::unique_ptr<IEngineInspector> inspector(engine.createEngineInspector());
  const char* text = inspector ? inspector->getEngineInformation(format) : nullptr;
  if (text == nullptr) throw Failure("The engine tells nothing about its layers.");
  return text;
}

}  // namespace

void dump_layers(const ICudaEngine& engine) {
  if (engine.getProfilingVerbosity() != ProfilingVerbosity::kDETAILED) {
    console().info(
        "The engine tells little about its layers; build it with "
        "--profilingVerbosity=detailed to see all.");
  }
  console().info("Layer Information:");
  console().info(information(engine, LayerInformationFormat::kONELINE));
}

void export_layers(const ICudaEngine& engine, const std::string& path) {
  write_file(path, information(engine, LayerInformationFormat::kJSON) + "\n");
}

void dump_optimization_profiles(const ICudaEngine& engine) {
  console().info("Optimization Profile Information:");
  for (int32_t profile = 0; profile < engine.getNbOptimizationProfiles(); ++profile) {
    console().info(fmt::format("Optimization Profile {}:", profile));
    for (int32_t i = 0; i < engine.getNbIOTensors(); ++i) {
      const char* name = engine.getIOTensorName(i);
      if (engine.getTensorIOMode(name) != TensorIOMode::kINPUT) continue;
      const auto bound = [&](OptProfileSelector select) {
        const Dims dims = engine.getProfileShape(name, profile, select);
        return to_text(dims.nbDims >= 0 ? dims : engine.getTensorShape(name));
      };
      console().info(fmt::format("    Input {}: min = {}, opt = {}, max = {}", name,
                                 bound(OptProfileSelector::kMIN), bound(OptProfileSelector::kOPT),
                                 bound(OptProfileSelector::kMAX)));
    }
  }
}

}  // namespace tenon::trtexec
