// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resources that plugins share, and what a plugin may ask its context for.
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginResource;

class PythonResource final : public IPluginResource {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  int32_t release() noexcept override;
  IPluginResource* clone() noexcept override;
};

/// Owns a reference to a Python resource; deleted by the registry.
class ResourceProxy final : public IPluginResource {
 public:
  explicit ResourceProxy(const py::object& resource)
      : resource_(resource), face_(resource.cast<IPluginResource*>()) {
    remember(this, resource);
  }
  ~ResourceProxy() override {
    if (!interpreter_lives()) return;
    const py::gil_scoped_acquire gil;
    forget(this);
  }
  int32_t release() noexcept override { return face_->release(); }
  IPluginResource* clone() noexcept override { return face_->clone(); }

 private:
  Reference resource_;
  IPluginResource* face_;
};

int32_t PythonResource::release() noexcept {
  const IPluginResource* self = this;
  return method_call(self, "release", -1, [](const py::function& method) {
    const py::object answer = method();
    return answer.is_none() ? 0 : answer.cast<int32_t>();
  });
}

IPluginResource* PythonResource::clone() noexcept {
  const IPluginResource* self = this;
  return method_call(self, "clone", static_cast<IPluginResource*>(nullptr),
                     [](const py::function& method) -> IPluginResource* {
                       const py::object copy = method();
                       return copy.is_none() ? nullptr : new ResourceProxy(copy);
                     });
}

}  // namespace

void bind_plugin_resources(py::module_& m) {
  using nvinfer1::IPluginResourceContext;
  py::class_<IPluginResource, nvinfer1::IVersionedInterface, PythonResource,
             Owned<IPluginResource>>(
      m, "IPluginResource",
      "Something plugins share under a key. A Python class overrides clone() and release().")
      .def(py::init_alias<>());
  py::class_<IPluginResourceContext, Borrowed<IPluginResourceContext>>(
      m, "IPluginResourceContext", "What attach_to_context is given; valid during that call.")
      .def_property_readonly("gpu_allocator", &IPluginResourceContext::getGpuAllocator,
                             py::return_value_policy::reference)
      .def_property_readonly("error_recorder", &IPluginResourceContext::getErrorRecorder,
                             py::return_value_policy::reference);
}

}  // namespace tenon::python
