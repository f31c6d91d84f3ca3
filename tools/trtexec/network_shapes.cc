// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Profiles, input by input.
#include "tools/trtexec/network_shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

bool is_dynamic(const ITensor& tensor) {
  const Dims dims = tensor.getDimensions();
  return tensor.isShapeTensor() || std::any_of(dims.d, dims.d + std::max(dims.nbDims, 0),
                                               [](int64_t extent) { return extent < 0; });
}

/// Every name on the command line must mean an input; all inputs may be static only without any.
void check_names(const INetworkDefinition& network, const ShapeMap& shapes) {
  for (const auto& [pattern, extents] : shapes) {
    bool known = false;
    std::string names;
    for (int32_t i = 0; i < network.getNbInputs(); ++i) {
      const ITensor& input = *network.getInput(i);
      names += (names.empty() ? "" : ", ") + std::string(input.getName());
      if (!matches(pattern, input.getName())) continue;
      known = true;
      if (is_dynamic(input)) continue;
      throw Failure(fmt::format(
          "Shapes are given for input {}, but the model fixes it to {}: leave them out, "
          "or export the model with a dynamic extent.",
          input.getName(), to_text(input.getDimensions())));
    }
    if (!known) {
      throw Failure(fmt::format("Shapes are given for {}, which is no input; inputs are {}.",
                                pattern, names));
    }
  }
}

/// The extents given for an input; where there are none, the model's with 1 for dynamic ones.
Extents extents_of(const ITensor& input, const ShapeMap& bound) {
  if (const Extents* given = find(bound, input.getName())) return *given;
  const Dims dims = input.getDimensions();
  Extents extents(dims.d, dims.d + std::max(dims.nbDims, 0));
  if (input.isShapeTensor()) {
    const int64_t count = extents.empty() ? 1 : std::max<int64_t>(extents[0], 1);
    extents.assign(static_cast<size_t>(count), 1);
  }
  std::replace_if(
      extents.begin(), extents.end(), [](int64_t extent) { return extent < 0; }, 1);
  return extents;
}

void set_bounds(IOptimizationProfile& profile, const ITensor& input, const ShapeProfile& given) {
  const char* name = input.getName();
  const std::pair<OptProfileSelector, const ShapeMap*> bounds[] = {
      {OptProfileSelector::kMIN, &given.min},
      {OptProfileSelector::kOPT, &given.opt},
      {OptProfileSelector::kMAX, &given.max}};
  bool warned = false;
  for (const auto& [select, bound] : bounds) {
    const Extents extents = extents_of(input, *bound);
    if (find(*bound, name) == nullptr && !warned) {
      console().warn(
          fmt::format("Dynamic dimensions of input {} are not given: they become 1. Give "
                      "them with --minShapes, --optShapes and --maxShapes.",
                      name));
      warned = true;
    }
    const bool taken = input.isShapeTensor()
                           ? profile.setShapeValuesV2(name, select, extents.data(),
                                                      static_cast<int32_t>(extents.size()))
                           : profile.setDimensions(name, select, to_dims(extents));
    if (!taken) throw Failure(fmt::format("The shapes given for input {} are refused.", name));
  }
}

/// Entry `index` of a list in which one entry serves all.
const IoFormat* format_of(const std::vector<IoFormat>& formats, int32_t index, int32_t count,
                          const char* flag) {
  if (formats.empty()) return nullptr;
  if (formats.size() != 1 && formats.size() != static_cast<size_t>(count)) {
    throw Failure(
        fmt::format("{} has {} entries, but there are {} tensors; give one entry for all, "
                    "or one for each.",
                    flag, formats.size(), count));
  }
  return &formats[formats.size() == 1 ? 0 : static_cast<size_t>(index)];
}

void set_format(ITensor& tensor, const IoFormat* format) {
  if (format == nullptr) return;
  if (format->type) tensor.setType(*format->type);
  tensor.setAllowedFormats(format->formats);
}

}  // namespace

const IOptimizationProfile* add_profiles(IBuilder& builder, const INetworkDefinition& network,
                                         IBuilderConfig& config, const BuildOptions& build) {
  for (const auto& [number, profile] : build.profiles) {
    for (const ShapeMap* bound : {&profile.min, &profile.opt, &profile.max}) {
      check_names(network, *bound);
    }
  }
  bool dynamic = false;
  for (int32_t i = 0; i < network.getNbInputs(); ++i) dynamic |= is_dynamic(*network.getInput(i));
  if (!dynamic) return nullptr;
  const IOptimizationProfile* first = nullptr;
  auto profiles = build.profiles;
  if (profiles.empty()) profiles[0];
  for (const auto& [number, given] : profiles) {
    IOptimizationProfile* profile = builder.createOptimizationProfile();
    if (profile == nullptr) throw Failure("There is no memory for an optimization profile.");
    if (first == nullptr) first = profile;
    for (int32_t i = 0; i < network.getNbInputs(); ++i) {
      if (is_dynamic(*network.getInput(i))) set_bounds(*profile, *network.getInput(i), given);
    }
    if (config.addOptimizationProfile(profile) < 0) {
      throw Failure(
          fmt::format("Profile {} is refused: each extent must keep least <= optimal <= "
                      "greatest.",
                      number));
    }
  }
  return first;
}

void set_io_formats(const INetworkDefinition& network, const BuildOptions& build) {
  const int32_t inputs = network.getNbInputs();
  const int32_t outputs = network.getNbOutputs();
  for (int32_t i = 0; i < inputs; ++i) {
    set_format(*network.getInput(i), format_of(build.input_formats, i, inputs, "--inputIOFormats"));
  }
  for (int32_t i = 0; i < outputs; ++i) {
    set_format(*network.getOutput(i),
               format_of(build.output_formats, i, outputs, "--outputIOFormats"));
  }
}

Dims to_dims(const Extents& extents) {
  Dims dims{};
  if (extents.size() > Dims::MAX_DIMS) {
    throw Failure(fmt::format("A shape of {} dimensions is given; there are at most {}.",
                              extents.size(), int32_t{Dims::MAX_DIMS}));
  }
  dims.nbDims = static_cast<int32_t>(extents.size());
  std::copy(extents.begin(), extents.end(), dims.d);
  return dims;
}

std::string to_text(const Dims& dims) {
  std::string text;
  for (int32_t i = 0; i < dims.nbDims; ++i) {
    text += (i == 0 ? "" : "x") + std::to_string(dims.d[i]);
  }
  return dims.nbDims == 0 ? "scalar" : text;
}

}  // namespace tenon::trtexec
