// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times ONNX Runtime through its C interface, taken from the shared library named by --library.
//
// The interface is one table of function pointers whose order never changes, so the few functions
// used here are named by their place in it and no header of ONNX Runtime is needed to build this.
#include <dlfcn.h>

#include <cstdint>
#include <stdexcept>

#include "bench/subject.h"

namespace tenon::bench {
namespace {

struct ApiBase {
  void* const* (*api)(uint32_t version);
  const char* (*version)();
};

constexpr uint32_t kApiVersion = 14;
constexpr int kElementFloat = 1;
constexpr int kElementInt64 = 7;
constexpr int kOptimizeAll = 99;
constexpr int kSeverityError = 3;
constexpr int kArenaAllocator = 1;
constexpr int kDefaultMemory = 0;

/// Places in the function table.
enum Place : int {
  GetErrorMessage = 2,
  CreateEnv = 3,
  CreateSession = 7,
  Run = 9,
  CreateSessionOptions = 10,
  SetGraphOptimizationLevel = 23,
  SetIntraOpNumThreads = 24,
  CreateTensorWithData = 49,
  CreateCpuMemoryInfo = 69,
};

class Runtime {
 public:
  explicit Runtime(const char* library) {
    void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) throw std::runtime_error(dlerror());
    auto* base = reinterpret_cast<const ApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
    if (base == nullptr) throw std::runtime_error("the library has no OrtGetApiBase");
    table_ = base()->api(kApiVersion);
    if (table_ == nullptr) throw std::runtime_error("the library is too old");
  }

  /// Calls a function that returns a status, null being success.
  template <class... Arguments>
  void call(Place place, Arguments... arguments) const {
    void* status = reinterpret_cast<void* (*)(Arguments...)>(table_[place])(arguments...);
    if (status == nullptr) return;
    throw std::runtime_error(
        reinterpret_cast<const char* (*)(const void*)>(table_[GetErrorMessage])(status));
  }

 private:
  void* const* table_ = nullptr;
};

/// Everything lives as long as the process: nothing here is ever released.
struct Session {
  explicit Session(Arguments& arguments)
      : runtime(arguments.libraries.front().c_str()),
        output_name(arguments.outputs.front().name.c_str()) {
    void* environment = nullptr;
    void* options = nullptr;
    void* memory = nullptr;
    runtime.call(CreateEnv, kSeverityError, "bench", &environment);
    runtime.call(CreateSessionOptions, &options);
    runtime.call(SetIntraOpNumThreads, options, arguments.threads);
    runtime.call(SetGraphOptimizationLevel, options, kOptimizeAll);
    runtime.call(CreateSession, static_cast<const void*>(environment), arguments.model.c_str(),
                 static_cast<const void*>(options), &session);
    runtime.call(CreateCpuMemoryInfo, kArenaAllocator, kDefaultMemory, &memory);
    for (Tensor& input : arguments.inputs) {
      input_names.push_back(input.name.c_str());
      inputs.push_back(wrap(memory, input));
    }
    result = wrap(memory, arguments.outputs.front());
  }

  void* wrap(const void* memory, Tensor& tensor) const {
    void* value = nullptr;
    runtime.call(CreateTensorWithData, memory, static_cast<void*>(tensor.data.data()),
                 tensor.data.size(), tensor.dims.data(), tensor.dims.size(),
                 tensor.element == Element::I64 ? kElementInt64 : kElementFloat, &value);
    return value;
  }

  void run() {
    runtime.call(Run, session, static_cast<const void*>(nullptr), input_names.data(), inputs.data(),
                 inputs.size(), &output_name, size_t{1}, &result);
  }

  Runtime runtime;
  void* session = nullptr;
  std::vector<const char*> input_names;
  std::vector<const void*> inputs;
  const char* output_name;
  void* result = nullptr;
};

}  // namespace
}  // namespace tenon::bench

int main(int argc, char** argv) {
  using namespace tenon::bench;
  Arguments arguments = read_arguments(argc, argv);
  if (arguments.libraries.empty()) return 2;
  return serve(arguments, [&]() -> std::function<void()> {
    auto* session = new Session(arguments);
    return [session] { session->run(); };
  });
}
