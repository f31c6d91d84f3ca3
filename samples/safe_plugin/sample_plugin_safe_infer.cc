// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs a safe engine that holds a plugin: names random digits in every IO profile. Needs the safe
// library and the CUDA runtime alone.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "command_line.h"
#include "device_memory.h"
#include "digit.h"
#include "max_pool_runtime.h"
#include "recorder.h"

namespace sample {
namespace {

using namespace nvinfer2::safe;

constexpr char const* kTest = "TensorRT.sample_plugin_safe_infer";
constexpr float kSure = 0.9F;
constexpr size_t kDigits = 10;
constexpr size_t kPixels = size_t{Picture::kSide} * Picture::kSide;

struct Arguments {
  std::string engine = "safe_plugin.engine";
  std::vector<std::string> folders;
  bool verbose = false, help = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (Option const& option : readOptions(argc, argv, {"--datadir", "-d", "--loadEngine"},
                                          {"--verbose", "-v", "--help", "-h"})) {
    if (option.name == "--datadir" || option.name == "-d") {
      arguments.folders.push_back(option.value);
    } else if (option.name == "--loadEngine") {
      arguments.engine = option.value;
    } else if (option.name == "--verbose" || option.name == "-v") {
      arguments.verbose = true;
    } else {
      arguments.help = true;
    }
  }
  if (arguments.folders.empty()) arguments.folders = usualFolders("mnist");
  return arguments;
}

/// Throws when a call of the graph failed; the recorder has said why.
void check(ErrorCode code, char const* call) {
  if (code == ErrorCode::kSUCCESS) return;
  throw std::runtime_error(std::string(call) + " failed with error code " +
                           std::to_string(static_cast<int32_t>(code)));
}

/// A loaded engine, freed with the object.
class Graph {
 public:
  Graph(std::string const& path, ISafeRecorder& recorder) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      throw std::runtime_error("cannot open " + path + ": sample_plugin_safe_build writes one");
    }
    std::vector<char> const bytes{std::istreambuf_iterator<char>(file), {}};
    check(createTRTGraph(graph_, bytes.data(), static_cast<int64_t>(bytes.size()), recorder),
          "createTRTGraph");
  }
  ~Graph() { destroyTRTGraph(graph_); }
  Graph(Graph const&) = delete;
  Graph& operator=(Graph const&) = delete;
  ITRTGraph* operator->() const { return graph_; }

 private:
  ITRTGraph* graph_ = nullptr;
};

/// Digits by chance, drawn on the terminal, as the network's input.
std::vector<float> pickDigits(size_t count, Arguments const& arguments, std::vector<int>& digits) {
  static std::default_random_engine generator{std::random_device{}()};
  std::uniform_int_distribution<int> chance(0, static_cast<int>(kDigits) - 1);
  std::vector<float> input;
  for (size_t i = 0; i < count; ++i) {
    digits.push_back(chance(generator));
    auto const name = std::to_string(digits.back()) + ".pgm";
    auto const picture = readPgm(locateFile(name, arguments.folders));
    std::printf("Input:\n%s\n", draw(picture).c_str());
    auto const one = toInput(picture);
    input.insert(input.end(), one.begin(), one.end());
  }
  return input;
}

/// Shows the ten scores as probabilities; whether `digit` is named for sure.
bool isNamed(int digit, float const* scores) {
  float shares[kDigits];
  float const greatest = *std::max_element(scores, scores + kDigits);
  float sum = 0;
  for (size_t i = 0; i < kDigits; ++i) sum += shares[i] = std::exp(scores[i] - greatest);
  std::printf("Output:\n");
  for (size_t i = 0; i < kDigits; ++i) {
    shares[i] /= sum;
    std::string const bar(static_cast<size_t>(shares[i] * 10 + 0.5F), '*');
    std::printf("Prob %zu  %.4f Class %zu: %s\n", i, shares[i], i, bar.c_str());
  }
  return shares[digit] > kSure;
}

/// The descriptor of input or output `index`, which must be of floats.
TensorDescriptor describe(Graph const& graph, size_t index) {
  char const* name = nullptr;
  TensorDescriptor descriptor;
  check(graph->getIOTensorName(name, index), "getIOTensorName");
  check(graph->getIOTensorDescriptor(descriptor, name), "getIOTensorDescriptor");
  if (descriptor.dataType != DataType::kFLOAT) {
    throw std::runtime_error(std::string(name) + " does not hold floats");
  }
  std::string shape;
  for (int32_t i = 0; i < descriptor.shape.nbDims; ++i) {
    shape += (i == 0 ? "" : ", ") + std::to_string(descriptor.shape.d[i]);
  }
  std::printf("%s {%s}\n", name, shape.c_str());
  return descriptor;
}

/// Makes memory of one input or output known to the graph.
void bind(Graph const& graph, TensorDescriptor const& descriptor, DeviceMemory const& memory) {
  TypedArray const array(static_cast<float*>(memory.data()), descriptor.sizeInBytes);
  check(graph->setIOTensorAddress(descriptor.tensorName, array), "setIOTensorAddress");
  std::printf("Set address of %s on device at %lx\n", descriptor.tensorName,
              reinterpret_cast<unsigned long>(memory.data()));
}

/// Runs one IO profile; whether every digit of its batch is named.
bool runProfile(Graph const& graph, int64_t profile, Arguments const& arguments) {
  std::printf("Set IO profile to %ld\n", static_cast<long>(profile));
  check(graph->setIOProfile(profile), "setIOProfile");
  auto const in = describe(graph, 0);
  auto const out = describe(graph, 1);
  auto const batch = in.sizeInBytes / (kPixels * sizeof(float));
  if (batch == 0 || in.sizeInBytes != batch * kPixels * sizeof(float) ||
      out.sizeInBytes != batch * kDigits * sizeof(float)) {
    throw std::runtime_error("the engine does not take pictures of 28x28 and name digits");
  }
  std::vector<int> digits;
  auto const input = pickDigits(batch, arguments, digits);
  std::vector<float> scores(batch * kDigits);

  Stream const stream;
  DeviceMemory const from(in.sizeInBytes);
  DeviceMemory const to(out.sizeInBytes);
  bind(graph, in, from);
  bind(graph, out, to);
  copy(from.data(), input.data(), in.sizeInBytes, cudaMemcpyHostToDevice, stream);
  check(graph->executeAsync(stream.get()), "executeAsync");
  copy(scores.data(), to.data(), out.sizeInBytes, cudaMemcpyDeviceToHost, stream);
  check(graph->sync(), "sync");
  stream.wait();
  bool named = true;
  for (size_t i = 0; i < batch; ++i) named &= isNamed(digits[i], scores.data() + i * kDigits);
  return named;
}

bool run(Arguments const& arguments) {
  // The registry keeps both as long as the process lives.
  static Recorder recorder;
  static maxpool::MaxPoolRuntimeCreator creator;
  if (arguments.verbose) recorder.setSeverity(Severity::kVERBOSE);
  creator.setSafeRecorder(recorder);
  check(getSafePluginRegistry(recorder)->registerCreator(creator, maxpool::kNamespace, recorder),
        "registerCreator");
  Graph const graph(arguments.engine, recorder);
  int64_t tensors = 0;
  int64_t profiles = 0;
  int32_t auxStreams = 0;
  check(graph->getNbIOTensors(tensors), "getNbIOTensors");
  check(graph->getNbIOProfiles(profiles), "getNbIOProfiles");
  check(graph->getNbAuxStreams(auxStreams), "getNbAuxStreams");
  if (tensors != 2) throw std::runtime_error("the engine does not name digits");
  Streams const others(auxStreams);
  if (auxStreams > 0) check(graph->setAuxStreams(others.data(), auxStreams), "setAuxStreams");
  bool named = true;
  for (int64_t profile = 0; profile < profiles; ++profile) {
    named &= runProfile(graph, profile, arguments);
  }
  return named;
}

void help() {
  std::printf(
      "Usage: ./sample_plugin_safe_infer [-h or --help] [-d or --datadir=<path to data "
      "directory>]\n"
      "--help or -h     Display help information\n"
      "--datadir or -d  A folder with pictures 0.pgm to 9.pgm, in place of the usual ones; may be\n"
      "                 repeated ($TRT_DATADIR/mnist, data/mnist, data/samples/mnist)\n"
      "--loadEngine     The engine (safe_plugin.engine)\n"
      "--verbose or -v  Show what the safe runtime says in detail\n");
}

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  sample::Arguments arguments;
  try {
    arguments = sample::parse(argc, argv);
  } catch (std::exception const& error) {
    sample::say(nvinfer2::safe::Severity::kERROR, error.what());
    sample::help();
    return EXIT_FAILURE;
  }
  if (arguments.help) return sample::help(), EXIT_SUCCESS;
  bool passed = false;
  try {
    passed = sample::run(arguments);
  } catch (std::exception const& error) {
    sample::say(nvinfer2::safe::Severity::kERROR, error.what());
  }
  sample::printBanner(passed ? "PASSED" : "FAILED", sample::kTest, false, argc, argv);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
