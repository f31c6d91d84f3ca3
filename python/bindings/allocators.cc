// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Allocators of device memory; addresses are integers in Python.
#include "plugin_arguments.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::AllocatorFlags;
using nvinfer1::IGpuAllocator;
using nvinfer1::IGpuAsyncAllocator;

void* address_of(const py::object& answer) {
  return answer.is_none() ? nullptr : reinterpret_cast<void*>(answer.cast<uintptr_t>());
}

/// Both kinds call the same Python methods; Interface is the one registered.
template <class Interface>
class PythonAllocator final : public Interface {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  void* allocate(uint64_t const size, uint64_t const alignment,
                 AllocatorFlags const flags) noexcept override {
    const py::gil_scoped_acquire gil;
    if (!py::get_override(face(), "allocate")) {
      return allocateAsync(size, alignment, flags, nullptr);
    }
    return method_call(face(), "allocate", nothing(), [&](const py::function& method) {
      return address_of(method(size, alignment, flags));
    });
  }
  void* reallocate(void* const base, uint64_t alignment, uint64_t size) noexcept override {
    return optional_call(face(), "reallocate", nothing(), nothing(),
                         [&](const py::function& method) {
                           return address_of(method(to_address(base), alignment, size));
                         });
  }
  bool deallocate(void* const memory) noexcept override {
    const py::gil_scoped_acquire gil;
    if (!py::get_override(face(), "deallocate")) return deallocateAsync(memory, nullptr);
    return method_call(face(), "deallocate", false, [&](const py::function& method) {
      return method(to_address(memory)).template cast<bool>();
    });
  }
  void* allocateAsync(uint64_t const size, uint64_t const alignment, AllocatorFlags const flags,
                      cudaStream_t stream) noexcept override {
    const py::gil_scoped_acquire gil;
    if (!py::get_override(face(), "allocate_async")) return allocate_only(size, alignment, flags);
    return method_call(face(), "allocate_async", nothing(), [&](const py::function& method) {
      return address_of(method(size, alignment, flags, to_address(stream)));
    });
  }
  bool deallocateAsync(void* const memory, cudaStream_t stream) noexcept override {
    const py::gil_scoped_acquire gil;
    const char* name = py::get_override(face(), "deallocate_async") ? "deallocate_async" : nullptr;
    if (name == nullptr) {
      return method_call(face(), "deallocate", false, [&](const py::function& method) {
        return method(to_address(memory)).template cast<bool>();
      });
    }
    return method_call(face(), name, false, [&](const py::function& method) {
      return method(to_address(memory), to_address(stream)).template cast<bool>();
    });
  }

 private:
  [[nodiscard]] const Interface* face() const { return this; }
  static void* nothing() { return nullptr; }
  void* allocate_only(uint64_t size, uint64_t alignment, AllocatorFlags flags) noexcept {
    return method_call(face(), "allocate", nothing(), [&](const py::function& method) {
      return address_of(method(size, alignment, flags));
    });
  }
};

}  // namespace

void bind_allocators(py::module_& m) {
  py::class_<IGpuAllocator, nvinfer1::IVersionedInterface, PythonAllocator<IGpuAllocator>,
             Owned<IGpuAllocator>>(
      m, "IGpuAllocator",
      "Device memory for the engine; sizes in bytes. A Python class overrides allocate(size, "
      "alignment, flags) -> int and deallocate(memory) -> bool, and may override "
      "reallocate(address, alignment, new_size), allocate_async(size, alignment, flags, stream) "
      "and deallocate_async(memory, stream).")
      .def(py::init_alias<>());
  py::class_<IGpuAsyncAllocator, IGpuAllocator, PythonAllocator<IGpuAsyncAllocator>,
             Owned<IGpuAsyncAllocator>>(
      m, "IGpuAsyncAllocator",
      "As IGpuAllocator; a Python class overrides allocate_async and deallocate_async.")
      .def(py::init_alias<>());
}

}  // namespace tenon::python
