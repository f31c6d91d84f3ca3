// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times Tenon through its public interface: an engine file, loaded by mapping it.
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "NvInfer.h"
#include "bench/subject.h"
#include "tenon/engine_file.h"

namespace tenon::bench {
namespace {

/// Prints warnings and errors.
class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

nvinfer1::Dims dims_of(const Tensor& tensor) {
  nvinfer1::Dims dims{};
  dims.nbDims = static_cast<int32_t>(tensor.dims.size());
  for (size_t i = 0; i < tensor.dims.size(); ++i) dims.d[i] = tensor.dims[i];
  return dims;
}

/// An engine with one context, its tensors bound to the arguments' memory.
class Engine {
 public:
  explicit Engine(Arguments& arguments) {
    runtime_.reset(nvinfer1::createInferRuntime(logger_));
    if (!runtime_) throw std::runtime_error("no runtime");
    for (const std::string& library : arguments.libraries) {
      if (runtime_->getPluginRegistry().loadLibrary(library.c_str()) == nullptr) {
        throw std::runtime_error("cannot load " + library);
      }
    }
    engine_.reset(load_engine_file(*runtime_, arguments.model.c_str()));
    if (!engine_) throw std::runtime_error("cannot load " + arguments.model);
    context_.reset(engine_->createExecutionContext());
    if (!context_) throw std::runtime_error("no execution context");
    for (Tensor& input : arguments.inputs) {
      check(context_->setInputShape(input.name.c_str(), dims_of(input)), "the shape of", input);
      bind(input);
    }
    for (Tensor& output : arguments.outputs) bind(output);
    bind_other_outputs();
  }

  void run() {
    if (!context_->enqueueV3(nullptr)) throw std::runtime_error("enqueueV3 failed");
  }

 private:
  static void check(bool good, const char* what, const Tensor& tensor) {
    if (!good) throw std::runtime_error("the engine refuses " + (what + (" " + tensor.name)));
  }

  void bind(Tensor& tensor) {
    const char* name = tensor.name.c_str();
    check(context_->setTensorAddress(name, tensor.data.data()), "the address of", tensor);
  }

  /// Every output wants memory, also one that nobody asked for.
  void bind_other_outputs() {
    for (int32_t i = 0; i < engine_->getNbIOTensors(); ++i) {
      const char* name = engine_->getIOTensorName(i);
      const bool is_output = engine_->getTensorIOMode(name) == nvinfer1::TensorIOMode::kOUTPUT;
      if (!is_output || context_->getTensorAddress(name) != nullptr) continue;
      const auto bytes = static_cast<size_t>(context_->getMaxOutputSize(name));
      context_->setTensorAddress(name, others_.emplace_back(bytes).data());
    }
  }

  Logger logger_;
  std::vector<std::vector<char>> others_;
  std::unique_ptr<nvinfer1::IRuntime> runtime_;
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
};

}  // namespace
}  // namespace tenon::bench

int main(int argc, char** argv) {
  using namespace tenon::bench;
  Arguments arguments = read_arguments(argc, argv);
  return serve(arguments, [&]() -> std::function<void()> {
    auto engine = std::make_shared<Engine>(arguments);
    return [engine] { engine->run(); };
  });
}
