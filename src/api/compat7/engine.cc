// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bindings by index, and runs of a batch tensor by tensor.
#include "api/compat7/engine.h"

#include <cstring>

#include "api/compat7/host_memory.h"

namespace tenon::compat7 {

namespace {

class ProfilerFace final : public nvinfer1::IProfiler {
 public:
  void reportLayerTime(char const* layerName, float ms) noexcept override {
    profiler->reportLayerTime(layerName, ms);
  }
  v7::IProfiler* profiler = nullptr;
};

class Context final : public v7::IExecutionContext {
 public:
  Context(const Engine& engine, std::unique_ptr<nvinfer1::IExecutionContext> now)
      : engine_(engine), now_(std::move(now)) {}

  bool execute(int batchSize, void** bindings) noexcept override {
    return each(batchSize, bindings,
                [&](void* const* tensors) { return now_->executeV2(tensors); });
  }
  bool enqueue(int batchSize, void** bindings, cudaStream_t stream,
               cudaEvent_t* inputConsumed) noexcept override {
    int left = batchSize;
    return each(batchSize, bindings, [&](void* const* tensors) {
      for (int i = 0; i < engine_.getNbBindings(); ++i) {
        if (!now_->setTensorAddress(engine_.getBindingName(i), tensors[i])) return false;
      }
      const bool last = --left == 0 && inputConsumed != nullptr;
      now_->setInputConsumedEvent(last ? *inputConsumed : nullptr);
      return now_->enqueueV3(stream);
    });
  }
  bool executeV2(void** bindings) noexcept override { return execute(1, bindings); }
  bool enqueueV2(void** bindings, cudaStream_t stream,
                 cudaEvent_t* inputConsumed) noexcept override {
    return enqueue(1, bindings, stream, inputConsumed);
  }
  void setProfiler(v7::IProfiler* profiler) noexcept override {
    profiler_.profiler = profiler;
    now_->setProfiler(profiler == nullptr ? nullptr : &profiler_);
  }
  v7::IProfiler* getProfiler() const noexcept override { return profiler_.profiler; }
  const v7::ICudaEngine& getEngine() const noexcept override { return engine_; }
  void destroy() noexcept override { delete this; }
  void setName(const char* name) noexcept override { now_->setName(name); }
  const char* getName() const noexcept override { return now_->getName(); }
  bool setBindingDimensions(int bindingIndex, v7::Dims dimensions) noexcept override {
    const char* name = engine_.getBindingName(bindingIndex);
    return name != nullptr && !engine_.hasImplicitBatchDimension() &&
           now_->setInputShape(name, from_v7(dimensions));
  }
  v7::Dims getBindingDimensions(int bindingIndex) const noexcept override {
    if (engine_.hasImplicitBatchDimension()) return engine_.getBindingDimensions(bindingIndex);
    const char* name = engine_.getBindingName(bindingIndex);
    v7::Dims none{};
    none.nbDims = -1;
    return name == nullptr ? none : to_v7(now_->getTensorShape(name));
  }
  bool allInputDimensionsSpecified() const noexcept override {
    return now_->allInputDimensionsSpecified();
  }

 private:
  ~Context() override = default;

  /// Calls `run` with the addresses of every tensor of the batch in turn.
  template <class Run>
  bool each(int batch, void** bindings, Run&& run) noexcept {
    if (batch < 1 || batch > engine_.getMaxBatchSize() || bindings == nullptr) {
      engine_.logger().log(
          v7::ILogger::Severity::kERROR,
          "a run needs addresses and a batch size from 1 to the engine's greatest: "
          "see IBuilder::setMaxBatchSize");
      return false;
    }
    std::vector<void*> tensors(bindings, bindings + engine_.getNbBindings());
    for (int i = 0; i < batch; ++i) {
      for (size_t binding = 0; binding < tensors.size(); ++binding) {
        const size_t offset = static_cast<size_t>(i) * engine_.bytes_of(static_cast<int>(binding));
        tensors[binding] = static_cast<std::byte*>(bindings[binding]) + offset;
      }
      if (!run(tensors.data())) return false;
    }
    return true;
  }

  const Engine& engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> now_;
  ProfilerFace profiler_;
};

size_t width_of(nvinfer1::DataType type) noexcept {
  switch (type) {
    case nvinfer1::DataType::kHALF:
      return 2;
    case nvinfer1::DataType::kINT8:
    case nvinfer1::DataType::kBOOL:
      return 1;
    default:
      return 4;
  }
}

}  // namespace

Engine* Engine::load(const void* plan, size_t size, const EngineHeader& header,
                     v7::ILogger& logger) {
  std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(logger_of(logger)));
  if (runtime == nullptr) return nullptr;
  std::unique_ptr<nvinfer1::ICudaEngine> now(runtime->deserializeCudaEngine(plan, size));
  if (now == nullptr) return nullptr;
  return new Engine(std::move(runtime), std::move(now), header, logger);
}

const char* Engine::name_of(int bindingIndex) const noexcept {
  return bindingIndex < 0 || bindingIndex >= getNbBindings() ? nullptr
                                                             : now_->getIOTensorName(bindingIndex);
}

int Engine::getBindingIndex(const char* name) const noexcept {
  for (int i = 0; name != nullptr && i < getNbBindings(); ++i) {
    if (std::strcmp(now_->getIOTensorName(i), name) == 0) return i;
  }
  return -1;
}

const char* Engine::getBindingName(int bindingIndex) const noexcept {
  return name_of(bindingIndex);
}

bool Engine::bindingIsInput(int bindingIndex) const noexcept {
  const char* name = name_of(bindingIndex);
  return name != nullptr && now_->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
}

v7::Dims Engine::getBindingDimensions(int bindingIndex) const noexcept {
  v7::Dims none{};
  none.nbDims = -1;
  const char* name = name_of(bindingIndex);
  if (name == nullptr) return none;
  const nvinfer1::Dims dims = now_->getTensorShape(name);
  return to_v7(hasImplicitBatchDimension() ? without_batch(dims) : dims);
}

v7::DataType Engine::getBindingDataType(int bindingIndex) const noexcept {
  const char* name = name_of(bindingIndex);
  return name == nullptr ? v7::DataType::kFLOAT : to_v7(now_->getTensorDataType(name));
}

v7::TensorLocation Engine::getLocation(int bindingIndex) const noexcept {
  const char* name = name_of(bindingIndex);
  return name == nullptr ? v7::TensorLocation::kDEVICE
                         : static_cast<v7::TensorLocation>(now_->getTensorLocation(name));
}

v7::TensorFormat Engine::getBindingFormat(int bindingIndex) const noexcept {
  const char* name = name_of(bindingIndex);
  return name == nullptr ? v7::TensorFormat::kLINEAR
                         : static_cast<v7::TensorFormat>(now_->getTensorFormat(name));
}

size_t Engine::getDeviceMemorySize() const noexcept {
  return static_cast<size_t>(now_->getDeviceMemorySizeV2());
}

size_t Engine::bytes_of(int bindingIndex) const noexcept {
  const char* name = name_of(bindingIndex);
  if (name == nullptr) return 0;
  const nvinfer1::Dims dims = now_->getTensorShape(name);
  size_t bytes = width_of(now_->getTensorDataType(name));
  for (int i = 0; i < dims.nbDims; ++i) bytes *= static_cast<size_t>(dims.d[i]);
  return bytes;
}

v7::IHostMemory* Engine::serialize() const noexcept {
  const std::unique_ptr<nvinfer1::IHostMemory> plan(now_->serialize());
  if (plan == nullptr) return nullptr;
  std::vector<char> bytes(sizeof header_ + plan->size());
  std::memcpy(bytes.data(), &header_, sizeof header_);
  std::memcpy(bytes.data() + sizeof header_, plan->data(), plan->size());
  return new HostMemory(std::move(bytes));
}

v7::IExecutionContext* Engine::createExecutionContext() noexcept {
  std::unique_ptr<nvinfer1::IExecutionContext> now(now_->createExecutionContext());
  return now == nullptr ? nullptr : new Context(*this, std::move(now));
}

}  // namespace tenon::compat7
