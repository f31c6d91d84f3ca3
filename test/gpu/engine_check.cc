// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds a model for a GPU and for the processor, compares the outputs, and times the GPU's engine:
// enqueueV3 as it is, and as a graph that the caller captured; then builds it once more from the
// timing cache. One line of JSON a mode (f32, tf32, f16) goes to a file, and its words to stdout.
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <tenon/device.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "NvOnnxParser.h"

namespace {

using namespace nvinfer1;
using Clock = std::chrono::steady_clock;

void check(cudaError_t code, char const* what) {
  if (code == cudaSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(code));
}

class Logger final : public ILogger {
 public:
  void log(Severity severity, AsciiChar const* text) noexcept override {
    auto const most = verbose ? Severity::kVERBOSE : Severity::kWARNING;
    if (severity <= most) std::fprintf(stderr, "%s\n", text);
  }
  bool verbose = std::getenv("VERBOSE") != nullptr;
};

/// What an engine for a GPU may compute in.
struct Mode {
  char const* name;
  bool tf32, half;
  double tolerance;  ///< of the greatest difference over the greatest value
};
constexpr Mode kModes[] = {
    {"f32", false, false, 1e-4}, {"tf32", true, false, 5e-3}, {"f16", true, true, 2e-2}};

struct Arguments {
  std::string model, reference, plugin, engine, rows, note, modes = "f32";
  int runs = 300, batch = 1;
  bool again = true;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    std::string const text = argv[i];
    auto const equals = text.find('=');
    std::string const name = text.substr(0, equals);
    std::string const value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (name == "--model") arguments.model = value;
    if (name == "--reference") arguments.reference = value;
    if (name == "--plugin") arguments.plugin = value;
    if (name == "--save") arguments.engine = value;
    if (name == "--rows") arguments.rows = value;
    if (name == "--note") arguments.note = value;
    if (name == "--modes") arguments.modes = value;
    if (name == "--once") arguments.again = false;
    if (name == "--runs") arguments.runs = std::atoi(value.c_str());
    if (name == "--batch") arguments.batch = std::atoi(value.c_str());
  }
  if (arguments.model.empty()) throw std::runtime_error("--model=FILE is missing");
  if (arguments.reference.empty()) arguments.reference = arguments.model;
  return arguments;
}

/// An engine file.
struct Built {
  std::unique_ptr<IHostMemory> plan;
  double seconds = 0;       ///< that the build took
  std::vector<char> times;  ///< the timing cache behind it
};

/// `times`: a timing cache to begin with; empty: none. `mode`: null for the processor.
Built build(Logger& logger, std::string const& model, Mode const* mode, int batch,
            std::vector<char> const& times) {
  std::unique_ptr<IBuilder> builder(createInferBuilder(logger));
  std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
  std::unique_ptr<nvonnxparser::IParser> parser(nvonnxparser::createParser(*network, logger));
  if (!parser->parseFromFile(model.c_str(), 1)) throw std::runtime_error("cannot read " + model);
  std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  char const* device = mode == nullptr ? "cpu" : "cuda";
  if (!tenon::set_engine_device(*config, device)) throw std::runtime_error("no such device");
  if (mode != nullptr && mode->half) config->setFlag(BuilderFlag::kFP16);
  if (mode == nullptr || !mode->tf32) config->clearFlag(BuilderFlag::kTF32);
  std::unique_ptr<ITimingCache> cache(config->createTimingCache(times.data(), times.size()));
  if (cache == nullptr || !config->setTimingCache(*cache, false)) {
    throw std::runtime_error("no timing cache");
  }
  IOptimizationProfile* profile = builder->createOptimizationProfile();
  for (int32_t i = 0; i < network->getNbInputs(); ++i) {
    ITensor* input = network->getInput(i);
    Dims dims = input->getDimensions();
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      if (dims.d[axis] < 0) dims.d[axis] = batch;
    }
    for (auto const which :
         {OptProfileSelector::kMIN, OptProfileSelector::kOPT, OptProfileSelector::kMAX}) {
      profile->setDimensions(input->getName(), which, dims);
    }
  }
  config->addOptimizationProfile(profile);
  auto const begin = Clock::now();
  Built built;
  built.plan.reset(builder->buildSerializedNetwork(*network, *config));
  built.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (built.plan == nullptr) throw std::runtime_error("no engine for " + std::string(device));
  std::unique_ptr<IHostMemory> kept(cache->serialize());
  if (kept != nullptr) {
    auto const* bytes = static_cast<char const*>(kept->data());
    built.times.assign(bytes, bytes + kept->size());
  }
  return built;
}

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

/// Deterministic values of magnitude up to one.
std::vector<float> sample(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> unit(-1, 1);
  std::vector<float> values(count);
  std::generate(values.begin(), values.end(), [&] { return unit(random); });
  return values;
}

/// An engine with a context and memory for tensors of type float, on the processor or a GPU.
class Runner {
 public:
  Runner(Logger& logger, IHostMemory const& plan, bool gpu, int batch) : gpu_(gpu) {
    runtime_.reset(createInferRuntime(logger));
    engine_.reset(runtime_->deserializeCudaEngine(plan.data(), plan.size()));
    if (engine_ == nullptr) throw std::runtime_error("the engine does not load");
    context_.reset(engine_->createExecutionContext());
    if (context_ == nullptr) throw std::runtime_error("no context");
    if (gpu_) check(cudaStreamCreate(&stream_), "cudaStreamCreate");
    for (int32_t i = 0; i < engine_->getNbIOTensors(); ++i) bind(i, batch);
  }
  ~Runner() {
    context_.reset();
    for (void* memory : device_) (void)cudaFree(memory);
    if (stream_ != nullptr) (void)cudaStreamDestroy(stream_);
  }
  Runner(Runner const&) = delete;
  Runner& operator=(Runner const&) = delete;

  void enqueue() {
    if (!context_->enqueueV3(stream_)) throw std::runtime_error("enqueueV3 failed");
  }
  [[nodiscard]] cudaStream_t stream() const { return stream_; }

  /// All outputs, one after the other.
  std::vector<float> outputs() {
    std::vector<float> all;
    for (auto& [memory, count] : outputs_) {
      std::vector<float> values(count);
      if (gpu_) {
        check(cudaStreamSynchronize(stream_), "the run");
        check(cudaMemcpy(values.data(), memory, count * sizeof(float), cudaMemcpyDeviceToHost),
              "copying an output");
      } else {
        std::memcpy(values.data(), memory, count * sizeof(float));
      }
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }

 private:
  void bind(int32_t i, int batch) {
    char const* name = engine_->getIOTensorName(i);
    bool const input = engine_->getTensorIOMode(name) == TensorIOMode::kINPUT;
    if (engine_->getTensorDataType(name) != DataType::kFLOAT) {
      throw std::runtime_error(std::string(name) + " is not of type float");
    }
    Dims dims = input ? engine_->getTensorShape(name) : context_->getTensorShape(name);
    for (int32_t axis = 0; input && axis < dims.nbDims; ++axis) {
      if (dims.d[axis] < 0) dims.d[axis] = batch;
    }
    if (input) context_->setInputShape(name, dims);
    auto const count = static_cast<size_t>(volume(dims));
    std::vector<float> const values = input ? sample(count, static_cast<unsigned>(i) + 1)
                                            : std::vector<float>(count, std::nanf(""));
    void* memory = nullptr;
    if (gpu_) {
      check(cudaMalloc(&memory, count * sizeof(float)), "cudaMalloc");
      device_.push_back(memory);
      check(cudaMemcpy(memory, values.data(), count * sizeof(float), cudaMemcpyHostToDevice),
            "copying an input");
    } else {
      host_.push_back(values);
      memory = host_.back().data();
    }
    if (!context_->setTensorAddress(name, memory)) throw std::runtime_error("no address");
    if (!input) outputs_.emplace_back(memory, count);
  }

  bool gpu_;
  std::unique_ptr<IRuntime> runtime_;
  std::unique_ptr<ICudaEngine> engine_;
  std::unique_ptr<IExecutionContext> context_;
  cudaStream_t stream_ = nullptr;
  std::vector<void*> device_;
  std::vector<std::vector<float>> host_;
  std::vector<std::pair<void*, size_t>> outputs_;
};

double difference(std::vector<float> const& made, std::vector<float> const& expected) {
  double worst = 0, largest = 1e-30;
  for (size_t i = 0; i < expected.size(); ++i) {
    double const apart = std::abs(double{made[i]} - double{expected[i]});
    if (!(apart <= worst)) worst = std::isnan(apart) ? INFINITY : apart;
    largest = std::max(largest, std::abs(double{expected[i]}));
  }
  return made.size() == expected.size() ? worst / largest : INFINITY;
}

/// Median of what passes between two events around one call, in microseconds.
template <class Call>
double median_us(Runner& runner, int runs, Call call) {
  cudaEvent_t begin = nullptr, end = nullptr;
  check(cudaEventCreate(&begin), "cudaEventCreate");
  check(cudaEventCreate(&end), "cudaEventCreate");
  std::vector<float> times;
  for (int i = 0; i < runs + 10; ++i) {
    check(cudaEventRecord(begin, runner.stream()), "cudaEventRecord");
    call();
    check(cudaEventRecord(end, runner.stream()), "cudaEventRecord");
    check(cudaEventSynchronize(end), "the run");
    float ms = 0;
    check(cudaEventElapsedTime(&ms, begin, end), "cudaEventElapsedTime");
    if (i >= 10) times.push_back(ms * 1000);
  }
  (void)cudaEventDestroy(begin);
  (void)cudaEventDestroy(end);
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return double{times[times.size() / 2]};
}

/// The graph of one enqueueV3, captured by the caller.
struct Captured {
  double us = 0;
  size_t nodes = 0, kernels = 0;
};

Captured captured(Runner& runner, int runs) {
  Captured found;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  check(cudaStreamBeginCapture(runner.stream(), cudaStreamCaptureModeThreadLocal), "capture");
  runner.enqueue();
  check(cudaStreamEndCapture(runner.stream(), &graph), "capture");
  check(cudaGraphGetNodes(graph, nullptr, &found.nodes), "cudaGraphGetNodes");
  std::vector<cudaGraphNode_t> nodes(found.nodes);
  check(cudaGraphGetNodes(graph, nodes.data(), &found.nodes), "cudaGraphGetNodes");
  for (cudaGraphNode_t const node : nodes) {
    cudaGraphNodeType type{};
    check(cudaGraphNodeGetType(node, &type), "cudaGraphNodeGetType");
    found.kernels += type == cudaGraphNodeTypeKernel ? 1 : 0;
  }
  check(cudaGraphInstantiate(&exec, graph, 0), "cudaGraphInstantiate");
  found.us =
      median_us(runner, runs, [&] { check(cudaGraphLaunch(exec, runner.stream()), "graph"); });
  (void)cudaGraphExecDestroy(exec);
  (void)cudaGraphDestroy(graph);
  return found;
}

std::string title_of(Arguments const& arguments) {
  std::string title = arguments.model.substr(arguments.model.find_last_of('/') + 1);
  if (!arguments.plugin.empty()) {
    auto const name = arguments.plugin.substr(arguments.plugin.find_last_of('/') + 1);
    title += " + " + name.substr(0, name.find('.'));
  }
  title += " b" + std::to_string(arguments.batch);
  return arguments.note.empty() ? title : title + ", " + arguments.note;
}

/// One row; false where outputs differ.
bool run_mode(Logger& logger, Arguments const& arguments, Mode const& mode,
              std::vector<float> const& expected) {
  Built const built = build(logger, arguments.model, &mode, arguments.batch, {});
  if (!arguments.engine.empty()) {
    std::ofstream(arguments.engine, std::ios::binary)
        .write(static_cast<char const*>(built.plan->data()),
               static_cast<std::streamsize>(built.plan->size()));
  }
  Runner made(logger, *built.plan, true, arguments.batch);
  made.enqueue();
  double worst = difference(made.outputs(), expected);
  double const eager = median_us(made, arguments.runs, [&] { made.enqueue(); });
  constexpr int kRow = 50;
  double const in_a_row = median_us(made, arguments.runs / kRow + 3,
                                    [&] {
                                      for (int i = 0; i < kRow; ++i) made.enqueue();
                                    }) /
                          kRow;
  worst = std::max(worst, difference(made.outputs(), expected));
  Captured const graph = captured(made, arguments.runs);
  worst = std::max(worst, difference(made.outputs(), expected));
  double again = -1;
  if (arguments.again) {
    Built const second = build(logger, arguments.model, &mode, arguments.batch, built.times);
    again = second.seconds;
    Runner twin(logger, *second.plan, true, arguments.batch);
    twin.enqueue();
    worst = std::max(worst, difference(twin.outputs(), expected));
  }
  bool const good = worst <= mode.tolerance;
  char line[640];
  std::snprintf(
      line, sizeof line,
      "{\"section\": \"engine\", \"model\": \"%s\", \"mode\": \"%s\", \"ok\": %s, "
      "\"difference\": %.3g, \"enqueue_us\": %.1f, \"row_us\": %.1f, \"captured_us\": %.1f, "
      "\"nodes\": %zu, \"kernels\": %zu, \"build_s\": %.2f, \"again_s\": %.2f}",
      title_of(arguments).c_str(), mode.name, good ? "true" : "false",
      std::isfinite(worst) ? worst : 1e30, eager, in_a_row, graph.us, graph.nodes, graph.kernels,
      built.seconds, again);
  std::printf("%s\n", line);
  std::fflush(stdout);
  if (!arguments.rows.empty()) std::ofstream(arguments.rows, std::ios::app) << line << '\n';
  return good;
}

int run(Arguments const& arguments) {
  Logger logger;
  if (!arguments.plugin.empty() && dlopen(arguments.plugin.c_str(), RTLD_NOW) == nullptr) {
    throw std::runtime_error(dlerror());
  }
  std::vector<float> expected;
  {
    Built const reference = build(logger, arguments.reference, nullptr, arguments.batch, {});
    Runner runner(logger, *reference.plan, false, arguments.batch);
    runner.enqueue();
    expected = runner.outputs();
    std::fprintf(stderr, "the processor's engine took %.1f s\n", reference.seconds);
  }
  int failures = 0;
  for (Mode const& mode : kModes) {
    if (("," + arguments.modes + ",").find("," + std::string(mode.name) + ",") ==
        std::string::npos) {
      continue;
    }
    try {
      failures += run_mode(logger, arguments, mode, expected) ? 0 : 1;
    } catch (std::exception const& error) {
      std::printf("FAILED %s %s: %s\n", title_of(arguments).c_str(), mode.name, error.what());
      ++failures;
    }
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (std::exception const& error) {
    std::printf("FAILED %s: %s\n", argc > 1 ? argv[1] : "", error.what());
    return 1;
  }
}
