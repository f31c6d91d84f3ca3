// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all layers have.
#include "layers.h"
#include "plugin_v2.h"
#include "proxy.h"

namespace tenon::python {

void bind_layer(py::module_& m) {
  using nvinfer1::ILayer;
  py::class_<ILayer, Borrowed<ILayer>>(
      m, "ILayer",
      "A layer of a network; belongs to the network. Assign layer.__class__ to see it as the class "
      "of its type.")
      .def_property("name", &ILayer::getName, &ILayer::setName)
      .def_property("metadata", &ILayer::getMetadata, &ILayer::setMetadata)
      .def_property("num_ranks", &ILayer::getNbRanks, &ILayer::setNbRanks)
      .def_property_readonly("type", &ILayer::getType)
      .def_property_readonly("num_inputs", &ILayer::getNbInputs)
      .def_property_readonly("num_outputs", &ILayer::getNbOutputs)
      .def_property("precision", &ILayer::getPrecision, &ILayer::setPrecision)
      .def_property_readonly("precision_is_set", &ILayer::precisionIsSet)
      .def("reset_precision", &ILayer::resetPrecision)
      .def("set_input", &ILayer::setInput, py::arg("index"), py::arg("tensor"))
      .def("get_input", &ILayer::getInput, py::arg("index"), kInternal)
      .def("get_output", &ILayer::getOutput, py::arg("index"), kInternal)
      .def("set_output_type", &ILayer::setOutputType, py::arg("index"), py::arg("dtype"))
      .def("get_output_type", &ILayer::getOutputType, py::arg("index"))
      .def("output_type_is_set", &ILayer::outputTypeIsSet, py::arg("index"))
      .def("reset_output_type", &ILayer::resetOutputType, py::arg("index"));

  LayerClass<nvinfer1::IPluginV2Layer>(m, "IPluginV2Layer", "A plugin of version 2.")
      .def_property_readonly(
          "plugin", [](nvinfer1::IPluginV2Layer& self) { return typed_plugin(&self.getPlugin()); });
  LayerClass<nvinfer1::IPluginV3Layer>(m, "IPluginV3Layer", "A plugin of version 3.")
      .def_property_readonly(
          "plugin", [](nvinfer1::IPluginV3Layer& self) { return to_python(&self.getPlugin()); });
}

}  // namespace tenon::python
