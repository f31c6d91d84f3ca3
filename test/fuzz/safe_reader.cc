// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fuzzes createTRTGraph, over the sources of the safe library itself: what is not refused is bound
// to memory that ends where it must, run in every profile, cloned and destroyed.
#include <cstdlib>
#include <cstring>

#include "NvInferSafeRuntime.h"
#include "test/fuzz/safe_input.h"
#include "test/fuzz/safe_plugin.h"
#include "test/fuzz/safe_pool.h"

namespace {

using namespace nvinfer2::safe;
using nvinfer1::ErrorCode;
using tenon::fuzz::Wishes;

constexpr size_t kMostIo = 64 << 10;  // bytes of inputs and outputs that a run is given
constexpr int64_t kMostProfiles = 4;

void expect(bool fact) {
  if (!fact) std::abort();
}

/// Counts errors; reads every sentence to its end.
class Recorder final : public ISafeRecorder {
 public:
  Recorder() : ISafeRecorder(Severity::kVERBOSE) {}
  int32_t getNbErrors() const noexcept override { return errors; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kSUCCESS; }
  ErrorDesc getErrorDesc(int32_t) const noexcept override { return ""; }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { errors = 0; }
  bool reportError(ErrorCode code, ErrorDesc text) noexcept override {
    expect(code != ErrorCode::kSUCCESS && std::strlen(text) <= kMAX_SAFE_DESC_LENGTH);
    ++errors;
    return true;
  }
  RefCount incRefCount() noexcept override { return 0; }
  RefCount decRefCount() noexcept override { return 0; }
  int32_t errors = 0;
};

TypedArray typed(nvinfer1::DataType type, void* memory, uint64_t size) {
  using nvinfer1::DataType;
  switch (type) {
    case DataType::kHALF:
      return {static_cast<half_t*>(memory), size};
    case DataType::kINT64:
      return {static_cast<int64_t*>(memory), size};
    case DataType::kINT32:
      return {static_cast<int32_t*>(memory), size};
    case DataType::kINT8:
      return {static_cast<int8_t*>(memory), size};
    case DataType::kUINT8:
      return {static_cast<uint8_t*>(memory), size};
    case DataType::kBOOL:
      return {static_cast<bool*>(memory), size};
    default:
      return {static_cast<float*>(memory), size};
  }
}

tenon::fuzz::Pool pool;
size_t taken = 0;  // blocks of the pool that are the caller's

void* take(size_t size, ISafeRecorder& recorder) {
  void* memory = pool.allocate(size, 64, MemoryPlacement::kCPU, MemoryUsage::kIOTENSOR, recorder);
  if (memory != nullptr) ++taken;
  return memory;
}

/// True when all inputs and outputs of the profile have an address.
bool bind(ITRTGraph& graph, Recorder& recorder) {
  int64_t count = 0;
  size_t total = 0;
  expect(graph.getNbIOTensors(count) == ErrorCode::kSUCCESS);
  for (int32_t io = 0; io < count; ++io) {
    TensorDescriptor desc;
    const char* name = nullptr;
    expect(graph.getIOTensorDescriptor(desc, io) == ErrorCode::kSUCCESS);
    expect(graph.getIOTensorName(name, static_cast<size_t>(io)) == ErrorCode::kSUCCESS);
    expect(std::strcmp(name, desc.tensorName) == 0);
    if (desc.sizeInBytes > kMostIo || (total += desc.sizeInBytes) > kMostIo) return false;
    void* memory = take(desc.sizeInBytes, recorder);
    if (memory == nullptr) return false;
    if (desc.ioMode == nvinfer1::TensorIOMode::kINPUT) std::memset(memory, 0, desc.sizeInBytes);
    const TypedArray array = typed(desc.dataType, memory, desc.sizeInBytes);
    expect(graph.setIOTensorAddress(io % 2 == 0 ? name : desc.tensorName, array) ==
           ErrorCode::kSUCCESS);
  }
  return true;
}

void run(ITRTGraph& graph, Recorder& recorder) {
  bool managed = true;
  size_t scratch = 0;
  int64_t profiles = 0;
  expect(graph.getTRTManagedScratch(managed) == ErrorCode::kSUCCESS);
  expect(graph.getScratchMemorySize(scratch) == ErrorCode::kSUCCESS);
  expect(graph.getNbIOProfiles(profiles) == ErrorCode::kSUCCESS);
  if (!managed && scratch > 0) {
    void* memory = take(scratch, recorder);
    if (memory == nullptr) return;
    expect(graph.setScratchMemory(memory) == ErrorCode::kSUCCESS);
  }
  for (int64_t i = 0; i < profiles && i < kMostProfiles; ++i) {
    expect(graph.setIOProfile(i) == ErrorCode::kSUCCESS);
    if (!bind(graph, recorder)) continue;
    const int32_t before = recorder.errors;
    if (graph.executeAsync(nullptr) == ErrorCode::kSUCCESS) {
      expect(graph.sync() == ErrorCode::kSUCCESS);
    } else {
      expect(recorder.errors > before);
    }
  }
}

void register_plugin() {
  static Recorder recorder;
  static const bool done = getSafePluginRegistry(recorder)->registerCreator(
                               tenon::fuzz::creator(), "test", recorder) == ErrorCode::kSUCCESS;
  expect(done);
}

}  // namespace

/// Large blocks are refused, not fatal: whoever wrote the file may have asked for them.
extern "C" const char* __asan_default_options() {  // NOLINT: a name of ASan
  return "allocator_may_return_null=1:max_allocation_size_mb=64";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Wishes wishes;
  if (size < sizeof wishes) return 0;
  std::memcpy(&wishes, data, sizeof wishes);
  register_plugin();
  tenon::fuzz::plugin_wish() = wishes.plugin;
  taken = 0;
  pool.reset(wishes.allocations == 0 ? SIZE_MAX : wishes.allocations);
  const bool own_memory = (wishes.flags & tenon::fuzz::kLibraryMemory) == 0;
  Recorder recorder;
  ITRTGraph* graph = nullptr;
  const ErrorCode code = createTRTGraph(
      graph, data + sizeof wishes, static_cast<int64_t>(size - sizeof wishes), recorder,
      (wishes.flags & tenon::fuzz::kOwnScratch) == 0, own_memory ? &pool : nullptr);
  expect((code == ErrorCode::kSUCCESS) == (graph != nullptr));
  if (graph == nullptr) {
    expect(recorder.errors > 0 && pool.live() == 0 && tenon::fuzz::live_plugins() == 0);
    return 0;
  }
  const size_t before = pool.live();
  ITRTGraph* clone = nullptr;
  if ((wishes.flags & tenon::fuzz::kClone) != 0 &&
      graph->clone(clone, recorder) != ErrorCode::kSUCCESS) {
    expect(clone == nullptr && pool.live() == before);
  }
  run(*graph, recorder);
  expect(destroyTRTGraph(graph) == ErrorCode::kSUCCESS);
  if (clone != nullptr) {
    run(*clone, recorder);
    expect(destroyTRTGraph(clone) == ErrorCode::kSUCCESS);
  }
  expect(pool.live() == taken && tenon::fuzz::live_plugins() == 0);
  return 0;
}
