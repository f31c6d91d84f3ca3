// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory of the user's own: allocators for runtime, builder and context, and activation memory that
// the program gives and grows itself. Usage: allocators FOLDER.
#include <map>
#include <set>

#include "program.h"

namespace {

/// The CUDA runtime's memory, with a book of what is out; it can be told to have none.
class Book : public nvinfer1::IGpuAllocator {
 public:
  void* allocate(uint64_t const size, uint64_t const alignment,
                 nvinfer1::AllocatorFlags const) noexcept override {
    void* memory = nullptr;
    EXPECT(size > 0 && alignment > 0 && (alignment & (alignment - 1)) == 0);
    if (empty || cudaMalloc(&memory, size) != cudaSuccess) return nullptr;
    ++asked;
    out.insert(memory);
    return memory;
  }
  bool deallocate(void* const memory) noexcept override {
    if (memory == nullptr) return true;
    EXPECT(out.erase(memory) == 1);
    return cudaFree(memory) == cudaSuccess;
  }

  bool empty = false;
  int asked = 0;
  std::set<void*> out;
};

/// The same through the asynchronous members alone; remembers the streams.
class StreamBook : public nvinfer1::IGpuAsyncAllocator {
 public:
  void* allocateAsync(uint64_t const size, uint64_t const, nvinfer1::AllocatorFlags const,
                      cudaStream_t stream) noexcept override {
    void* memory = nullptr;
    if (cudaMalloc(&memory, size) != cudaSuccess) return nullptr;
    streams[memory] = stream;
    last = stream;
    return memory;
  }
  bool deallocateAsync(void* const memory, cudaStream_t) noexcept override {
    if (memory == nullptr) return true;
    EXPECT(streams.erase(memory) == 1);
    return cudaFree(memory) == cudaSuccess;
  }

  std::map<void*, cudaStream_t> streams;
  cudaStream_t last = nullptr;
};

/// A log that counts errors instead of printing them.
class Quiet : public nvinfer1::ILogger {
 public:
  void log(Severity severity, char const* message) noexcept override {
    if (severity > Severity::kERROR) return;
    last = message;
  }
  std::string last;
};

bool reads(nvinfer1::IExecutionContext& context, const DeviceFloats& picture,
           const DeviceFloats& answer, const std::string& folder, cudaStream_t stream = nullptr) {
  picture.write(readDigit(folder, 7));
  const nvinfer1::ICudaEngine& engine = context.getEngine();
  EXPECT(context.setTensorAddress(engine.getIOTensorName(0), picture.data()));
  EXPECT(context.setTensorAddress(engine.getIOTensorName(1), answer.data()));
  if (!context.enqueueV3(stream)) return false;
  EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
  return best(answer.read()) == 7;
}

/// What every part of the program works with.
struct Stage {
  explicit Stage(const std::string& models) : folder(models) {
    builder.reset(nvinfer1::createInferBuilder(log));
    network = parse(*builder, log, folder + "/mnist.onnx");
    config.reset(builder->createBuilderConfig());
  }
  std::string folder;
  Quiet log;
  Book book;
  DeviceFloats picture{kPixels}, answer{kDigits};
  std::unique_ptr<nvinfer1::IBuilder> builder;
  std::unique_ptr<nvinfer1::INetworkDefinition> network;
  std::unique_ptr<nvinfer1::IBuilderConfig> config;
};

/// Temporary storage has an allocator of its own, asked in the order of the run's stream.
void giveTemporaryStorage(Stage& at, nvinfer1::IExecutionContext& context) {
  StreamBook temporary;
  cudaStream_t stream = nullptr;
  EXPECT(cudaStreamCreate(&stream) == cudaSuccess);
  EXPECT(context.setTemporaryStorageAllocator(&temporary));
  EXPECT(context.getTemporaryStorageAllocator() == &temporary);
  EXPECT(at.book.out.size() == 1);
  EXPECT(reads(context, at.picture, at.answer, at.folder, stream));
  EXPECT(temporary.streams.size() == 1 && temporary.last == stream);
  EXPECT(context.setTemporaryStorageAllocator(nullptr));
  EXPECT(temporary.streams.empty() && context.getTemporaryStorageAllocator() == nullptr);
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

/// Activation memory of the program's own: none, too little, enough.
void giveActivationMemory(Stage& at, nvinfer1::ICudaEngine& engine) {
  std::unique_ptr<nvinfer1::IExecutionContext> bare(
      engine.createExecutionContextWithoutDeviceMemory());
  const int before = at.book.asked;
  const int64_t bytes = engine.getDeviceMemorySizeV2();
  EXPECT(bytes > 0 && engine.getDeviceMemorySizeForProfileV2(0) == bytes);
  EXPECT(bare->updateDeviceMemorySizeForShapes() == static_cast<size_t>(bytes));
  EXPECT(!reads(*bare, at.picture, at.answer, at.folder));
  const DeviceFloats memory(static_cast<size_t>(bytes) / sizeof(float) + 1);
  bare->setDeviceMemoryV2(memory.data(), bytes - 1);
  EXPECT(!reads(*bare, at.picture, at.answer, at.folder));
  bare->setDeviceMemoryV2(memory.data(), bytes);
  EXPECT(reads(*bare, at.picture, at.answer, at.folder));
  EXPECT(at.book.asked == before);
}

/// All that engines and contexts of a runtime have comes from its allocator and goes back.
void useRuntimesAllocator(Stage& at) {
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(at.log));
  runtime->setGpuAllocator(&at.book);
  {
    const auto engine = makeEngine(*at.builder, *runtime, *at.network, *at.config);
    EXPECT(engine != nullptr && at.book.asked == 1);
    std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
    EXPECT(at.book.asked == 2 && at.book.out.size() == 2);
    EXPECT(reads(*context, at.picture, at.answer, at.folder));
    EXPECT(at.book.asked == 2);
    giveTemporaryStorage(at, *context);
    at.book.empty = true;
    EXPECT(engine->createExecutionContext() == nullptr);
    EXPECT(at.log.last.find("allocator gave no memory") != std::string::npos);
    at.book.empty = false;
    giveActivationMemory(at, *engine);
  }
  EXPECT(at.book.out.empty());
}

/// An engine of the builder's own has the builder's allocator; a context may outlive its engine.
void useBuildersAllocator(Stage& at) {
  Book builders;
  at.builder->setGpuAllocator(&builders);
  std::unique_ptr<nvinfer1::ICudaEngine> engine(
      at.builder->buildEngineWithConfig(*at.network, *at.config));
  std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
  EXPECT(builders.out.size() == 2 && at.book.out.empty());
  at.picture.write(readDigit(at.folder, 3));
  std::vector<void*> bindings{at.picture.data(), at.answer.data()};
  engine.reset();
  EXPECT(context->executeV2(bindings.data()) && best(at.answer.read()) == 3);
  context.reset();
  EXPECT(builders.out.empty());
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  Stage stage(argv[1]);
  useRuntimesAllocator(stage);
  useBuildersAllocator(stage);
  return passed("allocators");
}
