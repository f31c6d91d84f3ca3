// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds a safe engine from a model whose nodes are a plugin of this program.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "NvOnnxParser.h"
#include "command_line.h"
#include "digit.h"
#include "max_pool_build.h"
#include "recorder.h"
#include "tenon/remote.h"

namespace sample {
namespace {

using namespace nvinfer1;
using nvinfer2::safe::Severity;

constexpr char const* kTest = "TensorRT.sample_safe_plugin_build";
constexpr int64_t kBatches[] = {1, 5};  // one IO profile each

/// Prints the builder's messages like those of the recorder.
class Logger final : public ILogger {
 public:
  explicit Logger(bool verbose) : verbose_(verbose) {}
  void log(ILogger::Severity severity, AsciiChar const* text) noexcept override {
    if (severity == ILogger::Severity::kVERBOSE && !verbose_) return;
    say(static_cast<nvinfer2::safe::Severity>(severity), (std::string("[TRT] ") + text).c_str());
  }

 private:
  bool const verbose_;
};

struct Arguments {
  std::string engine = "safe_plugin.engine";
  std::string model = "mnist_safe_plugin_ds.onnx";
  std::vector<std::string> folders;
  std::string remote;                  ///< user and password hidden
  char const* remoteConfig = nullptr;  ///< the same with them
  int auxStreams = 0;
  bool cpuOnly = false, verbose = false, help = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (Option const& option : readOptions(argc, argv,
                                          {"--datadir", "-d", "--onnx", "--saveEngine",
                                           "--remoteAutoTuningConfig", "--maxAuxStreams"},
                                          {"--cpuOnly", "--verbose", "-v", "--help", "-h"})) {
    if (option.name == "--datadir" || option.name == "-d") {
      arguments.folders.push_back(option.value);
    } else if (option.name == "--onnx") {
      arguments.model = option.value;
    } else if (option.name == "--saveEngine") {
      arguments.engine = option.value;
    } else if (option.name == "--remoteAutoTuningConfig") {
      arguments.remote = option.value;
    } else if (option.name == "--maxAuxStreams") {
      arguments.auxStreams = readCount(option);
    } else if (option.name == "--cpuOnly") {
      arguments.cpuOnly = true;
    } else if (option.name == "--verbose" || option.name == "-v") {
      arguments.verbose = true;
    } else {
      arguments.help = true;
    }
  }
  if (arguments.folders.empty()) arguments.folders = usualFolders("safe_plugin");
  if (!arguments.remote.empty() && arguments.remote.find("://") == std::string::npos) {
    throw std::runtime_error("--remoteAutoTuningConfig=" + arguments.remote +
                             " is not of the form "
                             "protocol://username[:password]@hostname[:port]?param=value&…");
  }
  return arguments;
}

/// Succeeds or throws: what failed has been said by the library.
template <class T>
T* made(T* object, char const* what) {
  if (object == nullptr) throw std::runtime_error(std::string("there is no ") + what);
  return object;
}

/// One profile of a single size for each batch, where the model leaves the batch open.
void addProfiles(IBuilder& builder, INetworkDefinition& network, IBuilderConfig& config) {
  ITensor const& input = *network.getInput(0);
  Dims shape = input.getDimensions();
  if (shape.nbDims != 4) throw std::runtime_error("the model takes no pictures");
  if (shape.d[0] != -1) {
    say(Severity::kINFO, "The model's batch is fixed: the engine has one IO profile.");
    return;
  }
  for (int64_t const batch : kBatches) {
    IOptimizationProfile& profile = *made(builder.createOptimizationProfile(), "profile");
    shape.d[0] = batch;
    for (auto const which :
         {OptProfileSelector::kMIN, OptProfileSelector::kOPT, OptProfileSelector::kMAX}) {
      profile.setDimensions(input.getName(), which, shape);
    }
    if (config.addOptimizationProfile(&profile) < 0) throw std::runtime_error("a bad profile");
  }
}

void configure(IBuilderConfig& config, Arguments const& arguments) {
  config.setEngineCapability(EngineCapability::kSAFETY);
  config.setMaxAuxStreams(arguments.auxStreams);
  if (arguments.cpuOnly) {
    say(Severity::kINFO, "--cpuOnly: no GPU takes part; safe engines are for CPUs anyway.");
  }
  if (arguments.remote.empty()) return;
  say(Severity::kINFO,
      ("Remote auto tuning config specified: " + hideCredentials(arguments.remote)).c_str());
  if (!config.setRemoteAutoTuningConfig(arguments.remoteConfig)) {
    throw std::runtime_error(
        "--remoteAutoTuningConfig is refused by the library; its reason stands above");
  }
}

std::unique_ptr<IHostMemory> build(Arguments const& arguments, Logger& logger) {
  std::unique_ptr<IBuilder> const builder(made(createInferBuilder(logger), "builder"));
  auto const flags = 1U << static_cast<uint32_t>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
  std::unique_ptr<INetworkDefinition> const network(
      made(builder->createNetworkV2(flags), "network"));
  std::unique_ptr<IBuilderConfig> const config(made(builder->createBuilderConfig(), "config"));
  std::unique_ptr<nvonnxparser::IParser> const parser(
      made(nvonnxparser::createParser(*network, logger), "parser"));

  configure(*config, arguments);
  std::string const model = std::filesystem::exists(arguments.model)
                                ? arguments.model
                                : locateFile(arguments.model, arguments.folders);
  auto const level = arguments.verbose ? ILogger::Severity::kVERBOSE : ILogger::Severity::kINFO;
  if (!parser->parseFromFile(model.c_str(), static_cast<int>(level))) {
    throw std::runtime_error("the model " + model + " was not read");
  }
  addProfiles(*builder, *network, *config);
  return std::unique_ptr<IHostMemory>(
      made(builder->buildSerializedNetwork(*network, *config), "engine"));
}

void run(Arguments const& arguments) {
  // The registry keeps both as long as the process lives.
  static Recorder recorder;
  static maxpool::MaxPoolCreator creator;
  if (arguments.verbose) recorder.setSeverity(Severity::kVERBOSE);
  Logger logger(arguments.verbose);
  // Parser and builder look for plugins of safe engines here.
  auto* const registry = nvinfer2::safe::getSafePluginRegistry(recorder);
  creator.setSafeRecorder(recorder);
  if (registry->registerCreator(creator, maxpool::kNamespace, recorder) != ErrorCode::kSUCCESS) {
    throw std::runtime_error("MaxPoolPlugin was not registered");
  }
  say(Severity::kINFO, "Building a safe inference engine for MNIST with plugins");
  auto const engine = build(arguments, logger);
  std::ofstream file(arguments.engine, std::ios::binary);
  file.write(static_cast<char const*>(engine->data()),
             static_cast<std::streamsize>(engine->size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + arguments.engine);
  say(Severity::kINFO,
      ("Wrote " + arguments.engine + ", " + std::to_string(engine->size()) + " bytes.").c_str());
}

void help() {
  std::printf(
      "Usage: ./sample_plugin_safe_build [-h or --help] [-d or --datadir=<path to data "
      "directory>]\n"
      "--help or -h     Display help information\n"
      "--datadir or -d  A folder with the model, in place of the usual ones; may be repeated\n"
      "                 ($TRT_DATADIR/safe_plugin, data/safe_plugin, data/samples/safe_plugin)\n"
      "--onnx           The model (mnist_safe_plugin_ds.onnx)\n"
      "--saveEngine     Where the engine goes (safe_plugin.engine)\n"
      "--maxAuxStreams  At most so many streams beside the one that runs the engine (0)\n"
      "--remoteAutoTuningConfig  Tune on another machine:\n"
      "                 "
      "protocol://username[:password]@hostname[:port]?param1=value1&param2=value2\n"
      "--cpuOnly        Build without a GPU\n"
      "--verbose or -v  Show what parser, builder and plugins say in detail\n");
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  sample::Arguments arguments;
  // First of all: nothing else may see a password.
  char const* const remote = tenon::take_remote_tuning_config(argc, argv);
  try {
    arguments = sample::parse(argc, argv);
    arguments.remoteConfig = remote;
  } catch (std::exception const& error) {
    sample::say(nvinfer2::safe::Severity::kERROR, error.what());
    sample::help();
    return EXIT_FAILURE;
  }
  if (arguments.help) return sample::help(), EXIT_SUCCESS;
  sample::printBanner("RUNNING", sample::kTest, true, argc, argv);
  bool passed = false;
  try {
    sample::run(arguments);
    passed = true;
  } catch (std::exception const& error) {
    sample::say(nvinfer2::safe::Severity::kERROR, error.what());
  }
  sample::printBanner(passed ? "PASSED" : "FAILED", sample::kTest, true, argc, argv);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
