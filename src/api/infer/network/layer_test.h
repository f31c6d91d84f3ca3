// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The fixture of the layers' tests: a network over the interface alone, built and run on the CPU.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::api {

class LayerTest : public testing::Test {
 protected:
  class Log final : public nvinfer1::ILogger {
   public:
    void log(Severity severity, char const* text) noexcept override {
      if (severity <= Severity::kERROR) errors += std::string(text) + "\n";
    }
    std::string errors;
  };

  LayerTest() : builder(nvinfer1::createInferBuilder(log)), network(builder->createNetworkV2(0)) {}

  static nvinfer1::Dims dims(const std::vector<int64_t>& extents) {
    nvinfer1::Dims made{static_cast<int32_t>(extents.size()), {}};
    for (size_t i = 0; i < extents.size(); ++i) made.d[i] = extents[i];
    return made;
  }
  /// A network input whose numbers the run gets.
  nvinfer1::ITensor& input(const std::vector<int64_t>& extents, const std::vector<float>& values) {
    return add_input(nvinfer1::DataType::kFLOAT, extents, values.data(), values.size() * 4);
  }
  nvinfer1::ITensor& input_i32(const std::vector<int64_t>& extents,
                               const std::vector<int32_t>& values) {
    return add_input(nvinfer1::DataType::kINT32, extents, values.data(), values.size() * 4);
  }
  nvinfer1::Weights weights(const std::vector<float>& values) {
    const auto& kept = floats_.emplace_back(std::make_unique<std::vector<float>>(values));
    return {nvinfer1::DataType::kFLOAT, kept->data(), static_cast<int64_t>(kept->size())};
  }
  nvinfer1::ITensor& constant(const std::vector<int64_t>& extents,
                              const std::vector<float>& values) {
    return *network->addConstant(dims(extents), weights(values))->getOutput(0);
  }
  nvinfer1::ITensor& constant_i32(const std::vector<int64_t>& extents,
                                  const std::vector<int32_t>& values) {
    const auto& kept = whole_.emplace_back(std::make_unique<std::vector<int32_t>>(values));
    const nvinfer1::Weights given{nvinfer1::DataType::kINT32, kept->data(),
                                  static_cast<int64_t>(kept->size())};
    return *network->addConstant(dims(extents), given)->getOutput(0);
  }

  /// One output of a run.
  struct Output {
    nvinfer1::DataType type;
    std::vector<int64_t> dims;
    std::vector<double> values;
  };
  /// Marks `tensors` as outputs, builds, runs once. Empty, with log.errors said, when that fails.
  std::vector<Output> run(const std::vector<nvinfer1::ITensor*>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      tensors[i]->setName(("out" + std::to_string(i)).c_str());
      network->markOutput(*tensors[i]);
    }
    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    const std::unique_ptr<nvinfer1::IHostMemory> plan(
        builder->buildSerializedNetwork(*network, *config));
    if (plan == nullptr) return {};
    const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
    const std::unique_ptr<nvinfer1::ICudaEngine> engine(
        runtime->deserializeCudaEngine(plan->data(), plan->size()));
    const std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
    for (auto& [name, bytes] : inputs_) context->setTensorAddress(name.c_str(), bytes.data());
    std::vector<std::vector<std::byte>> buffers;
    for (size_t i = 0; i < tensors.size(); ++i) {
      const std::string name = "out" + std::to_string(i);
      const auto size = static_cast<size_t>(context->getMaxOutputSize(name.c_str()));
      context->setTensorAddress(name.c_str(), buffers.emplace_back(size + 64).data());
    }
    if (!context->enqueueV3(nullptr)) return {};
    std::vector<Output> outputs;
    for (size_t i = 0; i < tensors.size(); ++i) {
      const std::string name = "out" + std::to_string(i);
      const nvinfer1::Dims shape = context->getTensorShape(name.c_str());
      Output& output = outputs.emplace_back();
      output.type = engine->getTensorDataType(name.c_str());
      output.dims.assign(shape.d, shape.d + shape.nbDims);
      read(output, buffers[i].data());
    }
    return outputs;
  }
  /// The numbers of the one output.
  std::vector<double> values(nvinfer1::ILayer* layer) {
    EXPECT_NE(layer, nullptr) << log.errors;
    if (layer == nullptr) return {};
    const auto outputs = run({layer->getOutput(0)});
    EXPECT_EQ(outputs.size(), 1U) << log.errors;
    return outputs.empty() ? std::vector<double>{} : outputs[0].values;
  }

  Log log;
  std::unique_ptr<nvinfer1::IBuilder> builder;
  std::unique_ptr<nvinfer1::INetworkDefinition> network;

 private:
  nvinfer1::ITensor& add_input(nvinfer1::DataType type, const std::vector<int64_t>& extents,
                               const void* values, size_t bytes) {
    const std::string name = "in" + std::to_string(inputs_.size());
    const auto* begin = static_cast<const std::byte*>(values);
    inputs_[name].assign(begin, begin + bytes);
    inputs_[name].resize(bytes + 64);
    return *network->addInput(name.c_str(), type, dims(extents));
  }
  template <class T>
  static void copy(Output& output, const std::byte* bytes, size_t count) {
    const auto* numbers = reinterpret_cast<const T*>(bytes);
    output.values.assign(numbers, numbers + count);
  }
  static void read(Output& output, const std::byte* bytes) {
    size_t count = 1;
    for (const int64_t extent : output.dims) count *= static_cast<size_t>(extent);
    if (output.type == nvinfer1::DataType::kFLOAT) copy<float>(output, bytes, count);
    if (output.type == nvinfer1::DataType::kINT32) copy<int32_t>(output, bytes, count);
    if (output.type == nvinfer1::DataType::kINT64) copy<int64_t>(output, bytes, count);
    if (output.type == nvinfer1::DataType::kINT8) copy<int8_t>(output, bytes, count);
    if (output.type == nvinfer1::DataType::kBOOL) copy<bool>(output, bytes, count);
  }

  std::map<std::string, std::vector<std::byte>> inputs_;
  std::vector<std::unique_ptr<std::vector<float>>> floats_;
  std::vector<std::unique_ptr<std::vector<int32_t>>> whole_;
};

inline auto near(const std::vector<double>& wanted, double error = 1e-5) {
  return testing::Pointwise(testing::DoubleNear(error), wanted);
}

}  // namespace tenon::api
