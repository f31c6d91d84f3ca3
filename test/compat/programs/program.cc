// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the programs share.
#include "program.h"

#include <algorithm>
#include <fstream>

void fail(const char* file, int line, const char* condition) {
  std::printf("FAILED: %s:%d: %s; last CUDA error: %s\n", file, line, condition,
              cudaGetErrorString(cudaGetLastError()));
  std::exit(EXIT_FAILURE);
}

int passed(const char* program) {
  std::printf("PASSED: %s\n", program);
  return EXIT_SUCCESS;
}

DeviceFloats::DeviceFloats(size_t count) : count_(count) {
  EXPECT(cudaMalloc(reinterpret_cast<void**>(&data_), count * sizeof(float)) == cudaSuccess);
}

void DeviceFloats::write(const std::vector<float>& values) const {
  EXPECT(values.size() == count_);
  EXPECT(cudaMemcpy(data_, values.data(), count_ * sizeof(float), cudaMemcpyHostToDevice) ==
         cudaSuccess);
}

std::vector<float> DeviceFloats::read() const {
  std::vector<float> values(count_);
  EXPECT(cudaMemcpy(values.data(), data_, count_ * sizeof(float), cudaMemcpyDeviceToHost) ==
         cudaSuccess);
  return values;
}

std::vector<float> readDigit(const std::string& folder, int digit) {
  std::ifstream file(folder + "/" + std::to_string(digit) + ".pgm", std::ios::binary);
  std::string magic;
  int width = 0;
  int height = 0;
  int white = 0;
  file >> magic >> width >> height >> white;
  file.get();
  EXPECT(magic == "P5" && width == 28 && height == 28 && white == 255);
  std::vector<char> pixels(kPixels);
  file.read(pixels.data(), static_cast<std::streamsize>(pixels.size()));
  EXPECT(file.good());
  std::vector<float> ink(pixels.size());
  std::transform(pixels.begin(), pixels.end(), ink.begin(), [](char pixel) {
    return 1.0F - static_cast<float>(static_cast<unsigned char>(pixel)) / 255.0F;
  });
  return ink;
}

int best(const std::vector<float>& scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

std::unique_ptr<nvinfer1::INetworkDefinition> parse(nvinfer1::IBuilder& builder,
                                                    nvinfer1::ILogger& log,
                                                    const std::string& model) {
  std::unique_ptr<nvinfer1::INetworkDefinition> network(builder.createNetworkV2(0));
  EXPECT(network != nullptr);
  const std::unique_ptr<nvonnxparser::IParser> parser(nvonnxparser::createParser(*network, log));
  EXPECT(parser != nullptr);
  const int severity = static_cast<int>(nvinfer1::ILogger::Severity::kWARNING);
  EXPECT(parser->parseFromFile(model.c_str(), severity));
  return network;
}

std::unique_ptr<nvinfer1::ICudaEngine> makeEngine(nvinfer1::IBuilder& builder,
                                                  nvinfer1::IRuntime& runtime,
                                                  nvinfer1::INetworkDefinition& network,
                                                  nvinfer1::IBuilderConfig& config) {
  const std::unique_ptr<nvinfer1::IHostMemory> plan(
      builder.buildSerializedNetwork(network, config));
  if (plan == nullptr) return nullptr;
  return std::unique_ptr<nvinfer1::ICudaEngine>(
      runtime.deserializeCudaEngine(plan->data(), plan->size()));
}
