// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the programs share: a logger, memory of the device, pictures, and how one fails.
#pragma once

#include <NvInfer.h>
#include <NvOnnxParser.h>
#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

/// Pixels of a picture, and digits that it may show.
constexpr size_t kSide = 28, kPixels = kSide * kSide, kDigits = 10;

/// Ends the program with a line that says what was expected.
#define EXPECT(condition)                                   \
  do {                                                      \
    if (!(condition)) fail(__FILE__, __LINE__, #condition); \
  } while (false)

[[noreturn]] void fail(const char* file, int line, const char* condition);

/// The line that ends a program that held; returns its exit status.
int passed(const char* program);

/// Prints errors; warnings too, as they would tell of something unexpected.
class Log : public nvinfer1::ILogger {
 public:
  void log(Severity severity, char const* message) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", message);
  }
};

/// Floats in memory of the device.
class DeviceFloats {
 public:
  explicit DeviceFloats(size_t count);
  ~DeviceFloats() { cudaFree(data_); }
  DeviceFloats(const DeviceFloats&) = delete;
  DeviceFloats& operator=(const DeviceFloats&) = delete;

  float* data() const { return data_; }
  void write(const std::vector<float>& values) const;
  std::vector<float> read() const;

 private:
  float* data_ = nullptr;
  size_t count_;
};

/// A picture of a digit, 28 by 28 and white on black: 0 background, 1 ink.
std::vector<float> readDigit(const std::string& folder, int digit);

/// The place of the greatest score.
int best(const std::vector<float>& scores);

/// A network that holds what `model` says.
std::unique_ptr<nvinfer1::INetworkDefinition> parse(nvinfer1::IBuilder& builder,
                                                    nvinfer1::ILogger& log,
                                                    const std::string& model);

/// Builds and loads; null if either fails.
std::unique_ptr<nvinfer1::ICudaEngine> makeEngine(nvinfer1::IBuilder& builder,
                                                  nvinfer1::IRuntime& runtime,
                                                  nvinfer1::INetworkDefinition& network,
                                                  nvinfer1::IBuilderConfig& config);
