// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Objects that a run asks: output allocators and debug listeners.
#include "plugin_arguments.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::IDebugListener;
using nvinfer1::IOutputAllocator;

class PythonOutputAllocator final : public IOutputAllocator {
 public:
  void* reallocateOutput(char const* tensor, void* memory, uint64_t size,
                         uint64_t alignment) noexcept override {
    return method_call(face(), "reallocate_output", nothing(), [&](const py::function& method) {
      return address_of(method(tensor, to_address(memory), size, alignment));
    });
  }
  void* reallocateOutputAsync(char const* tensor, void* memory, uint64_t size, uint64_t alignment,
                              cudaStream_t stream) override {
    const py::gil_scoped_acquire gil;
    if (!py::get_override(face(), "reallocate_output_async")) {
      return reallocateOutput(tensor, memory, size, alignment);
    }
    return method_call(
        face(), "reallocate_output_async", nothing(), [&](const py::function& method) {
          return address_of(
              method(tensor, to_address(memory), size, alignment, to_address(stream)));
        });
  }
  void notifyShape(char const* tensor, nvinfer1::Dims const& shape) noexcept override {
    method_call(face(), "notify_shape", false, [&](const py::function& method) {
      method(tensor, shape);
      return true;
    });
  }

 private:
  [[nodiscard]] const IOutputAllocator* face() const { return this; }
  static void* nothing() { return nullptr; }
  static void* address_of(const py::object& answer) {
    return answer.is_none() ? nullptr : reinterpret_cast<void*>(answer.cast<uintptr_t>());
  }
};

class PythonDebugListener final : public IDebugListener {
 public:
  bool processDebugTensor(void const* address, nvinfer1::TensorLocation location,
                          nvinfer1::DataType type, nvinfer1::Dims const& shape, char const* name,
                          cudaStream_t stream) override {
    const IDebugListener* self = this;
    return method_call(self, "process_debug_tensor", false, [&](const py::function& method) {
      const py::object answer =
          method(to_address(address), location, type, shape, name, to_address(stream));
      return answer.is_none() || answer.cast<bool>();
    });
  }
};

}  // namespace

void bind_run_observers(py::module_& m) {
  using nvinfer1::IVersionedInterface;
  py::class_<IOutputAllocator, IVersionedInterface, PythonOutputAllocator, Owned<IOutputAllocator>>(
      m, "IOutputAllocator",
      "Gives memory to outputs whose size is known late. A Python class overrides "
      "reallocate_output(tensor_name, memory, size, alignment) -> int (or "
      "reallocate_output_async, with the stream last) and notify_shape(tensor_name, shape).")
      .def(py::init_alias<>());
  py::class_<IDebugListener, IVersionedInterface, PythonDebugListener, Owned<IDebugListener>>(
      m, "IDebugListener",
      "Sees debug tensors during a run. A Python class overrides process_debug_tensor(addr, "
      "location, type, shape, name, stream) -> bool.")
      .def(py::init_alias<>());
}

}  // namespace tenon::python
