// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building, filling inputs, listening.
#include "tools/tenon/watched_run.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "NvOnnxParser.h"

namespace tenon::command {

namespace {

using nvinfer1::DataType;
using nvinfer1::Dims;

template <class T>
std::vector<double> widened(void const* data, size_t count) {
  std::vector<double> values(count);
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

/// Empty for types that are not shown.
std::vector<double> numbers_of(void const* data, DataType type, Dims const& shape) {
  const size_t count = volume(shape);
  switch (type) {
    case DataType::kFLOAT:
      return widened<float>(data, count);
    case DataType::kINT32:
      return widened<int32_t>(data, count);
    case DataType::kINT64:
      return widened<int64_t>(data, count);
    case DataType::kINT8:
      return widened<int8_t>(data, count);
    case DataType::kUINT8:
    case DataType::kBOOL:
      return widened<uint8_t>(data, count);
    default:
      return {};
  }
}

bool is_quantised(const nvinfer1::INetworkDefinition& network) {
  for (int32_t i = 0; i < network.getNbLayers(); ++i) {
    const nvinfer1::LayerType type = network.getLayer(i)->getType();
    if (type == nvinfer1::LayerType::kQUANTIZE || type == nvinfer1::LayerType::kDEQUANTIZE) {
      return true;
    }
  }
  return false;
}

Dims extents_of(const nvinfer1::ITensor& input, const ShapeMap& shapes) {
  Dims dims = input.getDimensions();
  const auto given = shapes.find(input.getName());
  for (int32_t i = 0; i < dims.nbDims; ++i) {
    if (given != shapes.end()) {
      if (given->second.size() != static_cast<size_t>(dims.nbDims)) {
        throw std::runtime_error(std::string("input ") + input.getName() + " has " +
                                 std::to_string(dims.nbDims) + " extents");
      }
      dims.d[i] = given->second[static_cast<size_t>(i)];
    } else if (dims.d[i] < 0) {
      dims.d[i] = 1;
    }
  }
  return dims;
}

size_t element_size(DataType type) {
  if (type == DataType::kINT64) return 8;
  if (type == DataType::kFLOAT || type == DataType::kINT32) return 4;
  if (type == DataType::kHALF || type == DataType::kBF16) return 2;
  return 1;
}

/// -1 to 1 for floats; 0 or 1 for everything else, which is an index almost everywhere.
std::vector<char> random_input(DataType type, size_t count, std::mt19937& random) {
  std::vector<char> bytes(count * element_size(type) + 64);
  for (size_t i = 0; i < count; ++i) {
    const float real = std::uniform_real_distribution<float>(-1, 1)(random);
    char* at = bytes.data() + i * element_size(type);
    if (type == DataType::kFLOAT) {
      std::memcpy(at, &real, sizeof(real));
    } else if (type != DataType::kHALF && type != DataType::kBF16) {
      *at = real > 0 ? 1 : 0;
    }
  }
  return bytes;
}

template <class T>
std::unique_ptr<T> made(T* object, const char* what) {
  if (object == nullptr) throw std::runtime_error(what);
  return std::unique_ptr<T>(object);
}

/// The part of a tensor's name before its layout: "y (chw16)" is y.
std::string plain(const std::string& name) { return name.substr(0, name.find(" (")); }

std::map<std::string, std::string> layers_of(const nvinfer1::ICudaEngine& engine) {
  const auto inspector = made(engine.createEngineInspector(), "no inspector");
  const auto json = nlohmann::json::parse(
      inspector->getEngineInformation(nvinfer1::LayerInformationFormat::kJSON));
  std::map<std::string, std::string> layers;
  for (const auto& layer : json.at("Layers")) {
    for (const auto& output : layer.at("Outputs")) {
      layers.emplace(plain(output.at("Name")), layer.at("Name").get<std::string>() + ", kernel " +
                                                   layer.at("TacticName").get<std::string>());
    }
  }
  return layers;
}

}  // namespace

size_t volume(const Dims& dims) {
  size_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= static_cast<size_t>(dims.d[i]);
  return count;
}

bool Listener::processDebugTensor(void const* addr, nvinfer1::TensorLocation, DataType type,
                                  Dims const& shape, char const* name, cudaStream_t) {
  std::vector<double> numbers = numbers_of(addr, type, shape);
  if (!numbers.empty()) show_(name, std::move(numbers));
  return true;
}

std::unique_ptr<nvinfer1::ICudaEngine> build_watched(const std::string& path,
                                                     const ShapeMap& shapes, bool real_only,
                                                     nvinfer1::IBuilder& builder,
                                                     nvinfer1::ILogger& logger) {
  const auto network = made(builder.createNetworkV2(0), "no network");
  const auto parser = made(nvonnxparser::createParser(*network, logger), "no parser");
  if (!parser->parseFromFile(path.c_str(), 0)) throw std::runtime_error("no model was read");
  if (real_only && is_quantised(*network)) {
    throw std::runtime_error(path +
                             " is quantised itself: name the float32 model that it was made from");
  }
  network->markUnfusedTensorsAsDebugTensors();
  const auto config = made(builder.createBuilderConfig(), "no configuration");
  config->setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kDETAILED);
  nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();
  for (int32_t i = 0; i < network->getNbInputs(); ++i) {
    const nvinfer1::ITensor& input = *network->getInput(i);
    const Dims dims = extents_of(input, shapes);
    using nvinfer1::OptProfileSelector;
    for (const auto select :
         {OptProfileSelector::kMIN, OptProfileSelector::kOPT, OptProfileSelector::kMAX}) {
      if (!profile->setDimensions(input.getName(), select, dims)) {
        throw std::runtime_error("the shapes were refused");
      }
    }
  }
  config->addOptimizationProfile(profile);
  return made(builder.buildEngineWithConfig(*network, *config), "no engine was built");
}

std::map<std::string, std::string> run_model(const ModelRun& run, nvinfer1::ILogger& logger) {
  const auto builder = made(nvinfer1::createInferBuilder(logger), "no builder");
  const auto engine = build_watched(run.path, run.shapes, false, *builder, logger);
  const auto context = made(engine->createExecutionContext(), "no context");
  std::mt19937 random(run.seed);
  std::vector<std::vector<char>> memory;
  for (int32_t i = 0; i < engine->getNbIOTensors(); ++i) {
    const char* name = engine->getIOTensorName(i);
    const bool is_input = engine->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
    const DataType type = engine->getTensorDataType(name);
    if (is_input) {
      memory.push_back(random_input(type, volume(context->getTensorShape(name)), random));
    } else {
      memory.emplace_back(static_cast<size_t>(context->getMaxOutputSize(name)) + 64);
    }
    const auto begin = reinterpret_cast<uintptr_t>(memory.back().data());
    if (!context->setTensorAddress(name, reinterpret_cast<void*>((begin + 63) / 64 * 64))) {
      throw std::runtime_error("an address was refused");
    }
    if (is_input) {  // Fill where it lies: at the next multiple of 64.
      std::memmove(reinterpret_cast<void*>((begin + 63) / 64 * 64), memory.back().data(),
                   memory.back().size() - 64);
    }
  }
  Listener listener(run.show);
  context->setDebugListener(&listener);
  context->setUnfusedTensorsDebugState(true);
  if (!context->enqueueV3(nullptr)) throw std::runtime_error("the run failed");
  return layers_of(*engine);
}

}  // namespace tenon::command
