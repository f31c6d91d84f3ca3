// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of version 2, for Python classes to derive from.
#include "plugin_v2.h"
#include "properties.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginV2;
using nvinfer1::IPluginV2DynamicExt;
using nvinfer1::IPluginV2Ext;

py::bytes serialized(const IPluginV2& self) {
  std::string bytes(self.getSerializationSize(), '\0');
  self.serialize(bytes.data());
  return bytes;
}

/// Python holds only plugins written in Python.
struct EndWritten {
  void operator()(IPluginV2DynamicExt* plugin) const {
    delete static_cast<PythonPluginV2*>(plugin);
  }
};

}  // namespace

py::object typed_plugin(IPluginV2* plugin) {
  if (plugin == nullptr) return py::none();
  const auto tag = static_cast<uint32_t>(plugin->getTensorRTVersion()) >> 24U;
  const uint32_t family = tag & ~static_cast<uint32_t>(nvinfer1::kPLUGIN_VERSION_PYTHON_BIT);
  if (family == static_cast<uint32_t>(nvinfer1::PluginVersion::kV2_DYNAMICEXT)) {
    return to_python(static_cast<IPluginV2DynamicExt*>(plugin));
  }
  return to_python(plugin);
}

void bind_plugin_v2(py::module_& m) {
  py::class_<IPluginV2, Borrowed<IPluginV2>>(m, "IPluginV2", "Base of plugins of version 2.")
      .def_property_readonly("num_outputs", &IPluginV2::getNbOutputs)
      .def_property_readonly("plugin_type", &IPluginV2::getPluginType)
      .def_property_readonly("plugin_version", &IPluginV2::getPluginVersion)
      .def_property("plugin_namespace", &IPluginV2::getPluginNamespace,
                    &IPluginV2::setPluginNamespace)
      .def_property_readonly("tensorrt_version", [](IPluginV2&) { return NV_TENSORRT_VERSION; })
      .def_property_readonly("serialization_size", &IPluginV2::getSerializationSize)
      .def("initialize", &IPluginV2::initialize)
      .def("terminate", &IPluginV2::terminate)
      .def("serialize", &serialized)
      .def("clone", [](IPluginV2& self) { return typed_plugin(self.clone()); })
      .def("destroy", &IPluginV2::destroy);
  py::class_<IPluginV2Ext, IPluginV2, Borrowed<IPluginV2Ext>>(m, "IPluginV2Ext",
                                                              "A plugin with typed outputs.");
  py::class_<IPluginV2DynamicExt, IPluginV2Ext, PythonPluginV2,
             std::unique_ptr<IPluginV2DynamicExt, EndWritten>>
      dynamic(
          m, "IPluginV2DynamicExt",
          "A plugin with dynamic shapes. A Python class sets num_outputs, plugin_type, "
          "plugin_version "
          "and plugin_namespace, and overrides get_output_datatype(index, input_types), "
          "get_output_dimensions(index, inputs, expr_builder), supports_format_combination(pos, "
          "in_out, num_inputs), configure_plugin(in, out), enqueue(input_desc, output_desc, "
          "inputs, "
          "outputs, workspace, stream), serialize() and clone(); initialize, terminate, destroy "
          "and "
          "get_workspace_size may be left out.");
  dynamic.def(py::init_alias<>());
  dynamic.attr("FORMAT_COMBINATION_LIMIT") =
      py::int_(static_cast<int>(IPluginV2DynamicExt::kFORMAT_COMBINATION_LIMIT));
  stored_property(dynamic, "num_outputs", &PythonPluginV2::num_outputs, &IPluginV2::getNbOutputs);
  stored_property(dynamic, "plugin_type", &PythonPluginV2::type, &IPluginV2::getPluginType);
  stored_property(dynamic, "plugin_version", &PythonPluginV2::version,
                  &IPluginV2::getPluginVersion);
  stored_property(dynamic, "plugin_namespace", &PythonPluginV2::space,
                  &IPluginV2::getPluginNamespace);
}

}  // namespace tenon::python
