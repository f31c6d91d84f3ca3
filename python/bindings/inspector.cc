// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an engine says of its layers.
#include "call.h"
#include "lifetime.h"

namespace tenon::python {

void bind_inspector(py::module_& m) {
  using Inspector = nvinfer1::IEngineInspector;
  py::class_<Inspector>(m, "EngineInspector", py::dynamic_attr(),
                        "Describes the layers of an engine.")
      .def_property(
          "execution_context", py::cpp_function(&Inspector::getExecutionContext, kInternal),
          [](const py::object& self, const py::object& context) {
            auto* face = context.is_none() ? nullptr : context.cast<nvinfer1::IExecutionContext*>();
            self.cast<Inspector&>().setExecutionContext(face);
            keep(self, "execution_context", context);
          })
      .def("get_layer_information", &Inspector::getLayerInformation, py::arg("layer_index"),
           py::arg("format"))
      .def("get_engine_information", &Inspector::getEngineInformation, py::arg("format"))
      .def_property("error_recorder", py::cpp_function(&Inspector::getErrorRecorder, kInternal),
                    keeping_setter("error_recorder", &Inspector::setErrorRecorder));
}

}  // namespace tenon::python
