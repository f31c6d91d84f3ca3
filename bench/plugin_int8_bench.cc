// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The pooling plugin of samples/int8_io_plugin in int8 against itself in float32, on 64x64x112x112.
// Usage: plugin_int8_bench [ROUNDS]   (runs take turns; prints one line of JSON, times in ms)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include "NvInfer.h"
#include "samples/int8_io_plugin/pool_plugin.h"

namespace {

using namespace nvinfer1;

constexpr Dims kInput{4, {64, 64, 112, 112}};
constexpr size_t kInputs = size_t{64} * 64 * 112 * 112, kOutputs = kInputs / 4;

class Logger final : public ILogger {
  void log(Severity severity, AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

void need(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

/// An engine of the plugin alone, with its tensors.
class Subject {
 public:
  Subject(ILogger& logger, DataType type) {
    const std::unique_ptr<IBuilder> builder(createInferBuilder(logger));
    const std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", type, kInput);
    ITensor* scale = network->addConstant(Dims{}, {DataType::kFLOAT, &kScale, 1})->getOutput(0);
    const bool small = type == DataType::kINT8;
    if (small) x = network->addDequantize(*x, *scale, DataType::kFLOAT)->getOutput(0);
    const sample::PoolPlugin plugin{sample::Window{}};
    ITensor* y = network->addPluginV2(&x, 1, const_cast<sample::PoolPlugin&>(plugin))->getOutput(0);
    if (small) y = network->addQuantize(*y, *scale, DataType::kINT8)->getOutput(0);
    y->setName("y");
    network->markOutput(*y);
    const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
    runtime_.reset(createInferRuntime(logger));
    const std::unique_ptr<IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
    need(plan != nullptr, "no engine was built");
    engine_.reset(runtime_->deserializeCudaEngine(plan->data(), plan->size()));
    need(engine_ != nullptr, "the engine was not loaded");
    need(engine_->getNbLayers() == 1, "there is more in the engine than the plugin");
    context_.reset(engine_->createExecutionContext());
    const size_t width = small ? 1 : sizeof(float);
    x_.resize(kInputs * width);
    y_.resize(kOutputs * width);
    for (size_t i = 0; i < kInputs; ++i) {
      const auto step = static_cast<int8_t>(i * 7919 % 255);
      const float value = static_cast<float>(step) * kScale;
      if (small) {
        x_[i] = static_cast<char>(step);
      } else {
        std::copy_n(reinterpret_cast<const char*>(&value), sizeof(value), x_.data() + i * width);
      }
    }
    need(context_->setTensorAddress("x", x_.data()) && context_->setTensorAddress("y", y_.data()),
         "an address was refused");
  }

  double run() {
    const auto start = std::chrono::steady_clock::now();
    need(context_->enqueueV3(nullptr), "the engine does not run");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    return took.count();
  }

  /// Element `i` of the answer, in steps.
  [[nodiscard]] double step(size_t i) const {
    if (y_.size() == kOutputs) return static_cast<int8_t>(y_[i]);
    return reinterpret_cast<const float*>(y_.data())[i] / kScale;
  }

 private:
  static constexpr float kScale = 0.125F;
  std::unique_ptr<IRuntime> runtime_;
  std::unique_ptr<ICudaEngine> engine_;
  std::unique_ptr<IExecutionContext> context_;
  std::vector<char> x_, y_;
};

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

void compare(int rounds) {
  Logger logger;
  Subject real(logger, DataType::kFLOAT), small(logger, DataType::kINT8);
  std::vector<double> of_real, of_small, ratios;
  for (int round = 0; round < rounds; ++round) {
    of_real.push_back(real.run());
    of_small.push_back(small.run());
    ratios.push_back(of_real.back() / of_small.back());
  }
  for (size_t i = 0; i < kOutputs; i += 97) need(real.step(i) == small.step(i), "they differ");
  std::printf("{\"float32_ms\": %.3f, \"int8_ms\": %.3f, \"ratio\": %.2f}\n", median(of_real),
              median(of_small), median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    compare(argc > 1 ? std::atoi(argv[1]) : 20);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
