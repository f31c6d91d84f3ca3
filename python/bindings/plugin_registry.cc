// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The registry of creators and shared resources.
#include <map>

#include "NvInferPlugin.h"
#include "lifetime.h"
#include "plugin_creators.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginCreatorInterface;
using nvinfer1::IPluginRegistry;

/// Creators registered from Python, kept alive until they are taken out again.
std::map<IPluginCreatorInterface*, py::object>& registered() {
  static auto* table = new std::map<IPluginCreatorInterface*, py::object>;
  return *table;
}

bool register_creator(IPluginRegistry& self, const py::object& creator, const char* space) {
  auto* face = creator.cast<IPluginCreatorInterface*>();
  const bool taken = released([&] { return self.registerCreator(*face, space); });
  if (taken) registered()[face] = creator;
  return taken;
}

bool deregister_creator(IPluginRegistry& self, IPluginCreatorInterface& creator) {
  const bool found = self.deregisterCreator(creator);
  if (found) registered().erase(&creator);
  return found;
}

/// Before the interpreter goes down: the registry of the process outlives it.
void deregister_all() {
  for (const auto& [creator, object] : registered())
    getPluginRegistry()->deregisterCreator(*creator);
  registered().clear();
  interpreter_ends();
}

py::list creators(IPluginCreatorInterface* const* first, int32_t count) {
  py::list result;
  for (int32_t i = 0; i < count; ++i) result.append(typed_creator(first[i]));
  return result;
}

void add_lookups(py::class_<IPluginRegistry, Borrowed<IPluginRegistry>>& bound) {
  bound
      .def_property_readonly("all_creators",
                             [](IPluginRegistry& self) {
                               int32_t count = 0;
                               auto* const* first = self.getAllCreators(&count);
                               return creators(first, count);
                             })
      .def_property_readonly("all_creators_recursive",
                             [](IPluginRegistry& self) {
                               int32_t count = 0;
                               auto* const* first = self.getAllCreatorsRecursive(&count);
                               return creators(first, count);
                             })
      .def_property_readonly("plugin_creator_list",
                             [](IPluginRegistry& self) {
                               int32_t count = 0;
                               auto* const* first = self.getPluginCreatorList(&count);
                               py::list result;
                               for (int32_t i = 0; i < count; ++i)
                                 result.append(to_python(first[i]));
                               return result;
                             })
      .def(
          "get_creator",
          [](IPluginRegistry& self, const char* type, const char* version, const char* space) {
            return typed_creator(self.getCreator(type, version, space));
          },
          py::arg("type"), py::arg("version"), py::arg("plugin_namespace") = "",
          "The creator of this name, version and namespace, or None.")
      .def(
          "get_plugin_creator",
          [](IPluginRegistry& self, const char* type, const char* version, const char* space) {
            return to_python(self.getPluginCreator(type, version, space));
          },
          py::arg("type"), py::arg("version"), py::arg("plugin_namespace") = "");
}

}  // namespace

void bind_plugin_registry(py::module_& m) {
  py::class_<IPluginRegistry, Borrowed<IPluginRegistry>> bound(
      m, "IPluginRegistry",
      "Where the engine finds creators of plugins. Keeps Python creators alive until they are "
      "deregistered or the process ends.");
  add_lookups(bound);
  bound
      .def("register_creator", &register_creator, py::arg("creator"),
           py::arg("plugin_namespace") = "")
      .def("deregister_creator", &deregister_creator, py::arg("creator"))
      .def(
          "load_library",
          [](IPluginRegistry& self, const char* path) -> py::object {
            void* handle = released([&] { return self.loadLibrary(path); });
            if (handle == nullptr) return py::none();
            return py::capsule(handle);
          },
          py::arg("plugin_path"), "Loads a library of plugins; None where that fails.")
      .def(
          "deregister_library",
          [](IPluginRegistry& self, const py::capsule& handle) {
            self.deregisterLibrary(handle.get_pointer());
          },
          py::arg("handle"))
      .def_property("parent_search_enabled", &IPluginRegistry::isParentSearchEnabled,
                    &IPluginRegistry::setParentSearchEnabled)
      .def_property("error_recorder", &IPluginRegistry::getErrorRecorder,
                    py::cpp_function(&IPluginRegistry::setErrorRecorder, py::keep_alive<1, 2>()))
      .def(
          "acquire_plugin_resource",
          [](IPluginRegistry& self, const char* key, nvinfer1::IPluginResource* resource) {
            return to_python(released([&] { return self.acquirePluginResource(key, resource); }));
          },
          py::arg("key"), py::arg("resource"))
      .def("release_plugin_resource", &IPluginRegistry::releasePluginResource, py::arg("key"));

  m.def("get_plugin_registry", &getPluginRegistry, py::return_value_policy::reference,
        "The registry of this process.");
  m.def("get_builder_plugin_registry", &nvinfer1::getBuilderPluginRegistry, py::arg("capability"),
        py::return_value_policy::reference);
  m.def(
      "init_libnvinfer_plugins",
      [](const py::object& logger, const char* space) {
        keep_forever(logger);
        return initLibNvInferPlugins(logger.is_none() ? nullptr : logger.cast<nvinfer1::ILogger*>(),
                                     space);
      },
      py::arg("logger"), py::arg("namespace") = "",
      "Registers the plugins that come with the engine. The logger is kept alive.");
  py::module_::import("atexit").attr("register")(py::cpp_function(&deregister_all));
}

}  // namespace tenon::python
