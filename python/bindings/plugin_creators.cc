// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Creators in both directions.
#include "plugin_creators.h"

#include <cstring>

#include "plugin_v2.h"
#include "plugin_v3.h"
#include "properties.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginCreator;
using nvinfer1::IPluginCreatorInterface;
using nvinfer1::IPluginCreatorV3One;
using nvinfer1::IPluginCreatorV3Quick;

std::shared_ptr<Fields> to_fields(const nvinfer1::PluginFieldCollection* fields) {
  return std::make_shared<Fields>(Fields::copied(fields));
}

/// The four properties every creator has.
template <class Class, class Interface>
void add_identity(Class& bound) {
  using Written = PythonCreator<Interface>;
  bound.def(py::init_alias<>());
  stored_property(bound, "name", &Written::name, &Interface::getPluginName);
  stored_property(bound, "plugin_version", &Written::version, &Interface::getPluginVersion);
  stored_property(bound, "plugin_namespace", &Written::space, &Interface::getPluginNamespace);
  add_stored(bound, "field_names", &Written::field_names,
             [](Interface& self) { return py::cast(to_fields(self.getFieldNames())); });
}

/// What a creator made, as Python sees it: the object behind a proxy, or the plugin itself.
py::object made_plugin(nvinfer1::IPluginV3* plugin) {
  const py::handle known = behind(plugin);
  if (!known) return py::cast(plugin, py::return_value_policy::take_ownership);
  py::object written = py::reinterpret_borrow<py::object>(known);
  delete plugin;
  return written;
}

void bind_v1(py::module_& m) {
  py::class_<IPluginCreator, IPluginCreatorInterface, PythonCreatorV1, Owned<IPluginCreator>> v1(
      m, "IPluginCreator",
      "Makes plugins of version 2. A Python class sets name, plugin_version, plugin_namespace and "
      "field_names, and overrides create_plugin(name, field_collection) and "
      "deserialize_plugin(name, serialized_plugin).");
  add_identity<decltype(v1), IPluginCreator>(v1);
  v1.def(
        "create_plugin",
        [](IPluginCreator& self, const char* name, Fields& fields) {
          return typed_plugin(released([&] { return self.createPlugin(name, fields.view()); }));
        },
        py::arg("name"), py::arg("field_collection"))
      .def(
          "deserialize_plugin",
          [](IPluginCreator& self, const char* name, const py::buffer& content) {
            const py::buffer_info bytes = content.request();
            const auto size = static_cast<size_t>(bytes.size * bytes.itemsize);
            return typed_plugin(
                released([&] { return self.deserializePlugin(name, bytes.ptr, size); }));
          },
          py::arg("name"), py::arg("serialized_plugin"));
}

void bind_v3_one(py::module_& m) {
  py::class_<IPluginCreatorV3One, IPluginCreatorInterface, PythonCreatorV3One,
             Owned<IPluginCreatorV3One>>
      v3(m, "IPluginCreatorV3One",
         "Makes plugins of version 3. A Python class sets name, plugin_version, plugin_namespace "
         "and field_names, and overrides create_plugin(name, field_collection, phase).");
  add_identity<decltype(v3), IPluginCreatorV3One>(v3);
  v3.def(
      "create_plugin",
      [](IPluginCreatorV3One& self, const char* name, Fields& fields,
         nvinfer1::TensorRTPhase phase) {
        return made_plugin(released([&] { return self.createPlugin(name, fields.view(), phase); }));
      },
      py::arg("name"), py::arg("field_collection"), py::arg("phase"));
}

void bind_v3_quick(py::module_& m) {
  py::class_<IPluginCreatorV3Quick, IPluginCreatorInterface, PythonCreatorV3Quick,
             Owned<IPluginCreatorV3Quick>>
      quick(m, "IPluginCreatorV3Quick",
            "Makes quick plugins. A Python class sets name, plugin_version, plugin_namespace and "
            "field_names, and overrides create_plugin(name, namespace, field_collection, phase, "
            "quick_plugin_creation_request).");
  add_identity<decltype(quick), IPluginCreatorV3Quick>(quick);
  quick.def(
      "create_plugin",
      [](IPluginCreatorV3Quick& self, const char* name, const char* name_space, Fields& fields,
         nvinfer1::TensorRTPhase phase, nvinfer1::QuickPluginCreationRequest request) {
        return made_plugin(released(
            [&] { return self.createPlugin(name, name_space, fields.view(), phase, request); }));
      },
      py::arg("name"), py::arg("namespace"), py::arg("field_collection"), py::arg("phase"),
      py::arg("quick_plugin_creation_request"));
}

}  // namespace

template <class Interface>
nvinfer1::PluginFieldCollection const* PythonCreator<Interface>::getFieldNames() noexcept {
  const Interface* self = this;
  return callback<const nvinfer1::PluginFieldCollection*>(
      nullptr, [&] { return where_of("field_names", py::cast(self)); },
      [&] {
        fields_shown_ = attribute(self, "field_names").template cast<std::shared_ptr<Fields>>();
        return fields_shown_->view();
      });
}

template class PythonCreator<IPluginCreator>;
template class PythonCreator<IPluginCreatorV3One>;
template class PythonCreator<IPluginCreatorV3Quick>;

nvinfer1::IPluginV2* PythonCreatorV1::createPlugin(
    char const* plugin, nvinfer1::PluginFieldCollection const* fields) noexcept {
  const IPluginCreator* self = this;
  return method_call(self, "create_plugin", static_cast<nvinfer1::IPluginV2*>(nullptr),
                     [&](const py::function& method) {
                       return PythonPluginV2::hand_over(method(plugin, to_fields(fields)));
                     });
}

nvinfer1::IPluginV2* PythonCreatorV1::deserializePlugin(char const* plugin, void const* data,
                                                        size_t size) noexcept {
  const IPluginCreator* self = this;
  return method_call(self, "deserialize_plugin", static_cast<nvinfer1::IPluginV2*>(nullptr),
                     [&](const py::function& method) {
                       return PythonPluginV2::hand_over(
                           method(plugin, py::bytes(static_cast<const char*>(data), size)));
                     });
}

void PythonCreatorV1::setPluginNamespace(char const* given) noexcept {
  const IPluginCreator* self = this;
  callback(
      false, [&] { return where_of("plugin_namespace", py::cast(self)); },
      [&] {
        py::setattr(py::cast(self), "plugin_namespace", py::str(given != nullptr ? given : ""));
        return true;
      });
}

nvinfer1::IPluginV3* PythonCreatorV3One::createPlugin(char const* plugin,
                                                      nvinfer1::PluginFieldCollection const* fields,
                                                      nvinfer1::TensorRTPhase phase) noexcept {
  const IPluginCreatorV3One* self = this;
  return method_call(self, "create_plugin", static_cast<nvinfer1::IPluginV3*>(nullptr),
                     [&](const py::function& method) {
                       return tenon::python::hand_over(method(plugin, to_fields(fields), phase));
                     });
}

nvinfer1::IPluginV3* PythonCreatorV3Quick::createPlugin(
    char const* plugin, char const* name_space, nvinfer1::PluginFieldCollection const* fields,
    nvinfer1::TensorRTPhase phase, nvinfer1::QuickPluginCreationRequest request) noexcept {
  const IPluginCreatorV3Quick* self = this;
  return method_call(self, "create_plugin", static_cast<nvinfer1::IPluginV3*>(nullptr),
                     [&](const py::function& method) {
                       return tenon::python::hand_over(
                           method(plugin, name_space, to_fields(fields), phase, request));
                     });
}

py::object typed_creator(IPluginCreatorInterface* creator) {
  if (creator == nullptr) return py::none();
  const char* kind = creator->getInterfaceInfo().kind;
  if (std::strcmp(kind, "PLUGIN CREATOR_V1") == 0) {
    return to_python(static_cast<IPluginCreator*>(creator));
  }
  if (std::strcmp(kind, "PLUGIN CREATOR_V3ONE") == 0) {
    return to_python(static_cast<IPluginCreatorV3One*>(creator));
  }
  if (std::strcmp(kind, "PLUGIN CREATOR_V3QUICK") == 0) {
    return to_python(static_cast<IPluginCreatorV3Quick*>(creator));
  }
  return to_python(creator);
}

void bind_plugin_creators(py::module_& m) {
  py::class_<IPluginCreatorInterface, nvinfer1::IVersionedInterface,
             Borrowed<IPluginCreatorInterface>>(m, "IPluginCreatorInterface",
                                                "Base of all creators.");
  bind_v1(m);
  bind_v3_one(m);
  bind_v3_quick(m);
}

}  // namespace tenon::python
