// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs an engine that holds a plugin: loads the plugin's library, then the engine, names a digit.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "digit.h"

namespace sample {
namespace {

using namespace nvinfer1;

constexpr char const* kTest = "TensorRT.sample_max_pool";
constexpr float kSure = 0.9F;

/// Prints warnings and errors.
class Logger final : public ILogger {
 public:
  void log(Severity severity, AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

struct Arguments {
  std::string engine = "max_pool.engine";
  std::string library;
  std::vector<std::string> folders;
  int digit = 0;
  bool help = false;
};

/// Where build trees and installed trees have the library, seen from the program.
std::string ownLibrary() {
  auto const program = std::filesystem::read_symlink("/proc/self/exe");
  return (program.parent_path().parent_path() / "lib" / "libmaxpool_plugin.so").string();
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  arguments.library = ownLibrary();
  arguments.digit =
      static_cast<int>(std::chrono::system_clock::now().time_since_epoch().count() / 1000 % 10);
  for (int i = 1; i < argc; ++i) {
    std::string const argument = argv[i];
    auto const equals = argument.find('=');
    std::string const name = argument.substr(0, equals);
    std::string const value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (name == "--help" || name == "-h") {
      arguments.help = true;
    } else if (value.empty()) {
      throw std::runtime_error("unknown option " + argument + "; --help lists them");
    } else if (name == "--loadEngine") {
      arguments.engine = value;
    } else if (name == "--dynamicPlugins") {
      arguments.library = value;
    } else if (name == "--datadir" || name == "-d") {
      arguments.folders.push_back(value);
    } else if (name == "--digit" && value.size() == 1 && value[0] >= '0' && value[0] <= '9') {
      arguments.digit = value[0] - '0';
    } else {
      throw std::runtime_error("unknown option " + argument + "; --help lists them");
    }
  }
  if (char const* given = std::getenv("TRT_DATADIR"); given != nullptr && *given != '\0') {
    arguments.folders.insert(arguments.folders.end(), {std::string(given) + "/mnist", given});
  }
  for (char const* folder : {"data/mnist", "data/samples/mnist", "data"}) {
    arguments.folders.emplace_back(folder);
  }
  return arguments;
}

std::vector<char> readFile(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

/// Loads library and engine, and returns the network's ten scores of the picture.
std::vector<float> infer(Arguments const& arguments, std::vector<float> input) {
  Logger logger;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(logger));
  if (!runtime) throw std::runtime_error("there is no runtime");
  if (runtime->getPluginRegistry().loadLibrary(arguments.library.c_str()) == nullptr) {
    throw std::runtime_error("cannot load the plugin library " + arguments.library);
  }
  auto const file = readFile(arguments.engine);
  std::unique_ptr<ICudaEngine> const engine(
      runtime->deserializeCudaEngine(file.data(), file.size()));
  if (!engine) throw std::runtime_error("cannot load the engine " + arguments.engine);
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  if (!context) throw std::runtime_error("there is no memory for an execution context");

  if (engine->getNbIOTensors() != 2) throw std::runtime_error("the engine names no digits");
  char const* const inputName = engine->getIOTensorName(0);
  char const* const outputName = engine->getIOTensorName(1);
  Dims shape = engine->getTensorShape(inputName);
  shape.d[0] = 1;
  std::vector<float> scores(10);
  if (volume(shape) != static_cast<int64_t>(input.size()) ||
      !context->setInputShape(inputName, shape) ||
      volume(context->getTensorShape(outputName)) != static_cast<int64_t>(scores.size())) {
    throw std::runtime_error(
        "the engine does not take a picture of 28x28 and name one of 10 digits");
  }
  if (!context->setTensorAddress(inputName, input.data()) ||
      !context->setTensorAddress(outputName, scores.data()) || !context->enqueueV3(nullptr)) {
    throw std::runtime_error("the engine does not run");
  }
  return scores;
}

/// Scores as probabilities that add up to one.
std::vector<float> softmax(std::vector<float> scores) {
  float const greatest = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float& score : scores) sum += score = std::exp(score - greatest);
  for (float& score : scores) score /= sum;
  return scores;
}

/// Whether the digit on the picture is named for sure.
bool run(Arguments const& arguments) {
  auto const path = locateFile(std::to_string(arguments.digit) + ".pgm", arguments.folders);
  auto const picture = readPgm(path);
  auto const shares = softmax(infer(arguments, toInput(picture)));
  std::printf("Input: %s\n%s\nOutput:\n", path.c_str(), draw(picture).c_str());
  for (size_t digit = 0; digit < shares.size(); ++digit) {
    std::string const bar(static_cast<size_t>(shares[digit] * 50 + 0.5F), '*');
    std::printf("  %zu  %.4f  %s\n", digit, shares[digit], bar.c_str());
  }
  return shares[static_cast<size_t>(arguments.digit)] > kSure;
}

void help(char const* program) {
  std::printf(
      "%s [options]: names a handwritten digit with an engine that holds MaxPoolPlugin\n"
      "  --loadEngine=FILE      the engine (max_pool.engine)\n"
      "  --dynamicPlugins=LIB   the plugin's library (libmaxpool_plugin.so beside the program)\n"
      "  --datadir=DIR, -d=DIR  a folder with pictures 0.pgm to 9.pgm; may be repeated\n"
      "  --digit=N              which picture (one by chance)\n"
      "  --help, -h             this text\n",
      program);
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  std::string banner = std::string(sample::kTest) + " [TensorRT v" +
                       std::to_string(NV_TENSORRT_VERSION) + "] [b" +
                       std::to_string(NV_TENSORRT_BUILD) + "] #";
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
