// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of quick plugins, for Python classes to derive from.
#include "plugin_quick_faces.h"
#include "properties.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginV3QuickAOTBuild;
using nvinfer1::IPluginV3QuickBuild;
using nvinfer1::IPluginV3QuickCore;
using nvinfer1::IPluginV3QuickRuntime;

void bind_quick_core(py::module_& m) {
  py::class_<IPluginV3QuickCore, nvinfer1::IPluginCapability, PythonQuickCore,
             Owned<IPluginV3QuickCore>>
      core(m, "IPluginV3QuickCore",
           "Identity of a quick plugin: a Python class sets the three names.");
  core.def(py::init_alias<>());
  stored_property(core, "plugin_name", &PythonQuickCore::name, &IPluginV3QuickCore::getPluginName);
  stored_property(core, "plugin_version", &PythonQuickCore::version,
                  &IPluginV3QuickCore::getPluginVersion);
  stored_property(core, "plugin_namespace", &PythonQuickCore::space,
                  &IPluginV3QuickCore::getPluginNamespace);
}

template <class Interface, class Base, class Alias>
void bind_quick_build(py::module_& m, const char* name, const char* doc) {
  py::class_<Interface, Base, Alias, Owned<Interface>> build(m, name, doc);
  build.def(py::init_alias<>());
  stored_property(build, "num_outputs", &PythonQuickBuild<Interface>::num_outputs,
                  &IPluginV3QuickBuild::getNbOutputs);
}

}  // namespace

void bind_plugin_quick(py::module_& m) {
  bind_quick_core(m);
  bind_quick_build<IPluginV3QuickBuild, nvinfer1::IPluginCapability,
                   PythonQuickBuild<IPluginV3QuickBuild>>(
      m, "IPluginV3QuickBuild",
      "The building side. A Python class sets num_outputs and overrides "
      "get_output_data_types(input_types, ranks), get_output_shapes(inputs, shape_inputs, "
      "expr_builder), get_supported_format_combinations(in_out, num_inputs), which gives one "
      "description a tensor for each combination, and configure_plugin(in, out); "
      "get_valid_tactics(), get_aliased_input(output_index), get_timing_cache_id() and "
      "get_metadata_string() may be left out.");
  bind_quick_build<IPluginV3QuickAOTBuild, IPluginV3QuickBuild, PythonQuickAotBuild>(
      m, "IPluginV3QuickAOTBuild",
      "As IPluginV3QuickBuild, for a kernel that the engine keeps: get_launch_params(inputs, "
      "in_out, num_inputs, launch_params, extra_args, expr_builder) fills in how it is launched, "
      "get_kernel(in, out) gives its name and code.");
  py::class_<IPluginV3QuickRuntime, nvinfer1::IPluginCapability, PythonQuickRuntime,
             Owned<IPluginV3QuickRuntime>>(
      m, "IPluginV3QuickRuntime",
      "The running side. A Python class overrides enqueue(input_desc, output_desc, inputs, "
      "outputs, in_strides, out_strides, stream) and get_fields_to_serialize(); "
      "set_tactic(tactic) may be left out. Addresses are integers and valid during the call.")
      .def(py::init_alias<>())
      .def("set_tactic", &IPluginV3QuickRuntime::setTactic, py::arg("tactic"))
      .def("get_fields_to_serialize",
           [](IPluginV3QuickRuntime& self) { return Fields::copied(self.getFieldsToSerialize()); });
}

}  // namespace tenon::python
