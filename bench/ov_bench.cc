// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times OpenVINO through its C interface, taken from the shared library named by --library.
#include <dlfcn.h>

#include <cstdint>
#include <stdexcept>

#include "bench/subject.h"

namespace tenon::bench {
namespace {

struct Shape {
  int64_t rank;
  const int64_t* dims;
};

constexpr int kElementFloat = 4;
constexpr int kElementInt64 = 10;

/// The library's functions by name; each returns an int, 0 being success.
class Library {
 public:
  explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw std::runtime_error(dlerror());
  }

  template <class... Arguments>
  void call(const char* name, Arguments... arguments) const {
    const int code = reinterpret_cast<int (*)(Arguments...)>(find(name))(arguments...);
    if (code != 0) throw std::runtime_error(name + (" failed with " + std::to_string(code)));
  }

  /// Compiles for the CPU in float32; the function takes its property list as varying arguments.
  void* compile(void* core, const char* model, int threads) const {
    auto* function =
        reinterpret_cast<int (*)(void*, const char*, const char*, size_t, void**, ...)>(
            find("ov_core_compile_model_from_file"));
    void* compiled = nullptr;
    const std::string count = std::to_string(threads);
    const int code =
        function(core, model, "CPU", size_t{6}, &compiled, "INFERENCE_NUM_THREADS", count.c_str(),
                 "INFERENCE_PRECISION_HINT", "f32", "PERFORMANCE_HINT", "LATENCY");
    if (code != 0) throw std::runtime_error(std::string("cannot compile ") + model);
    return compiled;
  }

 private:
  void* find(const char* name) const {
    void* function = dlsym(handle_, name);
    if (function == nullptr) throw std::runtime_error(std::string("the library has no ") + name);
    return function;
  }

  void* handle_;
};

/// Everything lives as long as the process: nothing here is ever released.
struct Session {
  explicit Session(Arguments& arguments) : library(arguments.libraries.front().c_str()) {
    void* core = nullptr;
    library.call("ov_core_create", &core);
    void* compiled = library.compile(core, arguments.model.c_str(), arguments.threads);
    library.call("ov_compiled_model_create_infer_request", compiled, &request);
    for (Tensor& input : arguments.inputs) bind(input);
    for (Tensor& output : arguments.outputs) bind(output);
  }

  void bind(Tensor& tensor) const {
    const Shape shape{static_cast<int64_t>(tensor.dims.size()), tensor.dims.data()};
    void* wrapped = nullptr;
    const int element = tensor.element == Element::I64 ? kElementInt64 : kElementFloat;
    library.call("ov_tensor_create_from_host_ptr", element, shape,
                 static_cast<void*>(tensor.data.data()), &wrapped);
    library.call("ov_infer_request_set_tensor", request, tensor.name.c_str(),
                 static_cast<const void*>(wrapped));
  }

  void run() const { library.call("ov_infer_request_infer", request); }

  Library library;
  void* request = nullptr;
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
