// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds a network of a UFF file whose pooling is a plugin, and names ten digits with it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "NvUffParser.h"
#include "digit.h"
#include "digit_calibrator.h"

namespace sample {
namespace {

using namespace nvinfer1;

constexpr char const* kTest = "TensorRT.sample_int8_io_plugin";
constexpr char const* kModel = "lenet5_custom_pool.uff";
constexpr int kDigits = 10;

/// Prints warnings and errors.
class Logger final : public ILogger {
 public:
  void log(Severity severity, AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

struct Arguments {
  std::vector<std::string> folders;
  bool fp16 = false, int8 = false, help = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    std::string const argument = argv[i];
    auto const equals = argument.find('=');
    std::string const name = argument.substr(0, equals);
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    bool const folder = name == "--datadir" || name == "-d";
    if (folder && value.empty() && i + 1 < argc) value = argv[++i];
    if (name == "--help" || name == "-h") {
      arguments.help = true;
    } else if (folder && !value.empty()) {
      arguments.folders.push_back(value);
    } else if (argument == "--fp16") {
      arguments.fp16 = true;
    } else if (argument == "--int8") {
      arguments.int8 = true;
    } else {
      throw std::runtime_error("unknown option " + argument + "; --help lists them");
    }
  }
  if (arguments.folders.empty()) {
    arguments.folders = {"data/samples/mnist", "data/mnist", "models"};
  }
  return arguments;
}

/// The ten digits, as the network takes them.
std::vector<std::vector<float>> pictures(Arguments const& arguments) {
  std::vector<std::vector<float>> all;
  for (int digit = 0; digit < kDigits; ++digit) {
    all.push_back(toInput(readPgm(locateFile(std::to_string(digit) + ".pgm", arguments.folders))));
  }
  return all;
}

/// The engine of the model, as bytes.
std::unique_ptr<IHostMemory> build(std::string const& model, Arguments const& arguments,
                                   Logger& logger) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(logger));
  if (!builder) throw std::runtime_error("there is no builder");
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  std::unique_ptr<nvuffparser::IUffParser> const parser(nvuffparser::createUffParser());
  parser->registerInput("in", Dims3(1, 28, 28), nvuffparser::UffInputOrder::kNCHW);
  parser->registerOutput("out");
  if (!parser->parse(model.c_str(), *network)) throw std::runtime_error("cannot read " + model);
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  if (arguments.fp16) config->setFlag(BuilderFlag::kFP16);
  DigitCalibrator calibrator(arguments.int8 ? pictures(arguments)
                                            : std::vector<std::vector<float>>());
  if (arguments.int8) {
    config->setFlag(BuilderFlag::kINT8);
    config->setInt8Calibrator(&calibrator);
  }
  std::unique_ptr<IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
  if (!plan) throw std::runtime_error("cannot build an engine of " + model);
  return plan;
}

/// Names one digit and prints how sure the network is; adds what the run took to `total`.
bool name(IExecutionContext& context, Picture const& picture, int digit, double& total) {
  std::vector<float> input = toInput(picture), scores(kDigits);
  void* const bindings[] = {input.data(), scores.data()};
  auto const start = std::chrono::steady_clock::now();
  if (!context.executeV2(bindings)) throw std::runtime_error("the engine does not run");
  std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - start;
  total += took.count();
  auto const best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  std::printf("Input:\n%s\nOutput:\n", draw(picture).c_str());
  for (int i = 0; i < kDigits; ++i) {
    std::printf("%d => %10.6f\t : %s\n", i, scores[static_cast<size_t>(i)], i == best ? "***" : "");
  }
  std::printf("\n");
  return best == digit;
}

bool run(Arguments const& arguments) {
  Logger logger;
  std::string const model = locateFile(kModel, arguments.folders);
  std::printf("%s\n", model.c_str());
  auto const plan = build(model, arguments, logger);
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(logger));
  std::unique_ptr<ICudaEngine> const engine(
      runtime->deserializeCudaEngine(plan->data(), plan->size()));
  if (!engine) throw std::runtime_error("cannot load the engine");
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  if (!context) throw std::runtime_error("there is no memory for an execution context");
  bool all = true;
  double total = 0;
  for (int digit = 0; digit < kDigits; ++digit) {
    auto const path = locateFile(std::to_string(digit) + ".pgm", arguments.folders);
    all = name(*context, readPgm(path), digit, total) && all;
  }
  std::printf("Average over %d runs is %g ms.\n", kDigits, total / kDigits);
  return all;
}

void help(char const* program) {
  std::printf(
      "Usage: %s [-h or --help] [-d or --datadir=<path to data directory>]\n"
      "--help          Display help information\n"
      "--datadir       Specify path to a data directory, overriding the default. May be repeated.\n"
      "                Without it: data/samples/mnist, data/mnist, models\n"
      "--int8          Run in Int8 mode.\n"
      "--fp16          Run in FP16 mode.\n",
      program);
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  std::string banner = std::string(sample::kTest) + " #";
  for (int i = 0; i < argc; ++i) banner += std::string(" ") + argv[i];
  bool passed = false;
  try {
    auto const arguments = sample::parse(argc, argv);
    if (arguments.help) return sample::help(argv[0]), EXIT_SUCCESS;
    std::printf("&&&& RUNNING %s\n", banner.c_str());
    passed = sample::run(arguments);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  std::printf("&&&& %s %s\n", passed ? "PASSED" : "FAILED", banner.c_str());
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
