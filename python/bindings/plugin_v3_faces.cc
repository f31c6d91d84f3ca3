// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of version 3 plugins, for Python classes to derive from.
#include "plugin_v3_faces.h"

#include "plugin_arguments.h"
#include "properties.h"

namespace tenon::python {

namespace {

using nvinfer1::IPluginV3OneBuild;
using nvinfer1::IPluginV3OneBuildV2;
using nvinfer1::IPluginV3OneCore;
using nvinfer1::IPluginV3OneRuntime;

void bind_core(py::module_& m) {
  py::class_<IPluginV3OneCore, nvinfer1::IPluginCapability, PythonCore, Owned<IPluginV3OneCore>>
      core(m, "IPluginV3OneCore", "Identity of a plugin: a Python class sets the three names.");
  core.def(py::init_alias<>());
  stored_property(core, "plugin_name", &PythonCore::name, &IPluginV3OneCore::getPluginName);
  stored_property(core, "plugin_version", &PythonCore::version,
                  &IPluginV3OneCore::getPluginVersion);
  stored_property(core, "plugin_namespace", &PythonCore::space,
                  &IPluginV3OneCore::getPluginNamespace);
}

template <class Interface, class Base, class Alias>
void bind_build(py::module_& m, const char* name, const char* doc) {
  using Written = PythonBuild<Interface>;
  py::class_<Interface, Base, Alias, Owned<Interface>> build(m, name, doc);
  build.def(py::init_alias<>());
  stored_property(build, "num_outputs", &Written::num_outputs, &IPluginV3OneBuild::getNbOutputs);
  stored_property(build, "timing_cache_id", &Written::timing_cache_id,
                  &IPluginV3OneBuild::getTimingCacheID);
  stored_property(build, "metadata_string", &Written::metadata_string,
                  &IPluginV3OneBuild::getMetadataString);
  stored_property(build, "format_combination_limit", &Written::format_combination_limit,
                  &IPluginV3OneBuild::getFormatCombinationLimit);
  build.attr("DEFAULT_FORMAT_COMBINATION_LIMIT") =
      py::int_(static_cast<int>(IPluginV3OneBuild::kDEFAULT_FORMAT_COMBINATION_LIMIT));
}

void bind_runtime_face(py::module_& m) {
  py::class_<IPluginV3OneRuntime, nvinfer1::IPluginCapability, PythonRuntime,
             Owned<IPluginV3OneRuntime>>(
      m, "IPluginV3OneRuntime",
      "The running side. A Python class overrides on_shape_change(in, out), "
      "enqueue(input_desc, output_desc, inputs, outputs, workspace, stream), "
      "get_fields_to_serialize() and attach_to_context(context); set_tactic(tactic) may be left "
      "out. Addresses are integers and valid during the call.")
      .def(py::init_alias<>())
      .def("set_tactic", &IPluginV3OneRuntime::setTactic, py::arg("tactic"))
      .def("get_fields_to_serialize",
           [](IPluginV3OneRuntime& self) { return Fields::copied(self.getFieldsToSerialize()); });
}

}  // namespace

void bind_plugin_v3_faces(py::module_& m) {
  bind_core(m);
  bind_build<IPluginV3OneBuild, nvinfer1::IPluginCapability, PythonBuild<IPluginV3OneBuild>>(
      m, "IPluginV3OneBuild",
      "The building side. A Python class sets num_outputs and overrides "
      "get_output_data_types(input_types), get_output_shapes(inputs, shape_inputs, expr_builder), "
      "supports_format_combination(pos, in_out, num_inputs) and configure_plugin(in, out); "
      "get_workspace_size(in, out) and get_valid_tactics() may be left out.");
  bind_build<IPluginV3OneBuildV2, IPluginV3OneBuild, PythonBuildV2>(
      m, "IPluginV3OneBuildV2",
      "As IPluginV3OneBuild, and get_aliased_input(output_index) names the input that an output "
      "overwrites, or -1.");
  bind_runtime_face(m);
}

}  // namespace tenon::python
