// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IPluginV3 in both directions: Python classes for the engine, the engine's plugins for Python.
#include "plugin_v3.h"

#include <cstring>
#include <stdexcept>

#include "impl/NvInferPythonPlugin.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginCapability;
using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;

/// Owns a reference to a Python plugin; deleted by the engine.
class PluginProxy final : public IPluginV3 {
 public:
  explicit PluginProxy(const py::object& plugin)
      : plugin_(plugin), face_(plugin.cast<IPluginV3*>()) {
    remember(this, plugin);
  }
  ~PluginProxy() override {
    if (!interpreter_lives()) return;
    const py::gil_scoped_acquire gil;
    forget(this);
    optional_call(face_, "destroy", true, false, [](const py::function& destroy) {
      destroy();
      return true;
    });
  }
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    return face_->getCapabilityInterface(type);
  }
  IPluginV3* clone() noexcept override { return face_->clone(); }

 private:
  Reference plugin_;
  IPluginV3* face_;
};

/// The C++ side of a face. A plugin that is all its faces itself has several bases of this name.
IPluginCapability* face_of(const py::object& face, PluginCapabilityType type) {
  if (face.is_none()) return nullptr;
  switch (type) {
    case PluginCapabilityType::kCORE:
      if (py::isinstance<nvinfer1::IPluginV3QuickCore>(face)) {
        return face.cast<nvinfer1::IPluginV3QuickCore*>();
      }
      return face.cast<nvinfer1::IPluginV3OneCore*>();
    case PluginCapabilityType::kBUILD:
      if (py::isinstance<nvinfer1::IPluginV3QuickBuild>(face)) {
        return face.cast<nvinfer1::IPluginV3QuickBuild*>();
      }
      return face.cast<nvinfer1::IPluginV3OneBuild*>();
    case PluginCapabilityType::kRUNTIME:
      if (py::isinstance<nvinfer1::IPluginV3QuickRuntime>(face)) {
        return face.cast<nvinfer1::IPluginV3QuickRuntime*>();
      }
      return face.cast<nvinfer1::IPluginV3OneRuntime*>();
  }
  throw std::runtime_error("this kind of face is not known");
}

/// The class in Python of a face, told by its kind.
py::object typed_face(IPluginCapability* face) {
  if (face == nullptr) return py::none();
  const nvinfer1::InterfaceInfo info = face->getInterfaceInfo();
  if (std::strcmp(info.kind, "PLUGIN_V3ONE_CORE") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3OneCore*>(face));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3ONE_BUILD") == 0) {
    auto* build = static_cast<nvinfer1::IPluginV3OneBuild*>(face);
    return info.major < 2 ? to_python(build)
                          : to_python(static_cast<nvinfer1::IPluginV3OneBuildV2*>(build));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3ONE_RUNTIME") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3OneRuntime*>(face));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3QUICK_CORE") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3QuickCore*>(face));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3QUICK_BUILD") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3QuickBuild*>(face));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3QUICKAOT_BUILD") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3QuickAOTBuild*>(face));
  }
  if (std::strcmp(info.kind, "PLUGIN_V3QUICK_RUNTIME") == 0) {
    return to_python(static_cast<nvinfer1::IPluginV3QuickRuntime*>(face));
  }
  return to_python(face);
}

}  // namespace

IPluginV3* hand_over(const py::object& plugin) {
  if (plugin.is_none()) return nullptr;
  auto* face = plugin.cast<IPluginV3*>();
  return face->getAPILanguage() == nvinfer1::APILanguage::kPYTHON ? new PluginProxy(plugin)
                                                                  : face->clone();
}

IPluginCapability* PythonPluginV3::getCapabilityInterface(PluginCapabilityType type) noexcept {
  const IPluginV3* self = this;
  return method_call(self, "get_capability_interface", static_cast<IPluginCapability*>(nullptr),
                     [&](const py::function& method) {
                       const py::object face = method(type);
                       IPluginCapability* result = face_of(face, type);
                       if (!face.is(py::cast(self))) faces_[static_cast<size_t>(type)] = face;
                       return result;
                     });
}

IPluginV3* PythonPluginV3::clone() noexcept {
  const IPluginV3* self = this;
  return method_call(self, "clone", static_cast<IPluginV3*>(nullptr),
                     [](const py::function& method) { return hand_over(method()); });
}

void bind_plugin_v3(py::module_& m) {
  const py::class_<IPluginCapability, nvinfer1::IVersionedInterface, Borrowed<IPluginCapability>>
      capability(m, "IPluginCapability", "A face of a plugin.");
  py::class_<IPluginV3, nvinfer1::IVersionedInterface, PythonPluginV3, Owned<IPluginV3>>(
      m, "IPluginV3",
      "A plugin. A class in Python derives from it and from the faces IPluginV3OneCore, "
      "IPluginV3OneBuild and IPluginV3OneRuntime, calls the __init__ of each, and overrides "
      "get_capability_interface and clone; destroy is called when the engine lets a clone go.")
      .def(py::init<>())
      .def(
          "get_capability_interface",
          [](IPluginV3& self, PluginCapabilityType type) {
            return typed_face(self.getCapabilityInterface(type));
          },
          py::arg("type"), py::keep_alive<0, 1>())
      .def("clone", &IPluginV3::clone, py::return_value_policy::take_ownership);
}

}  // namespace tenon::python
