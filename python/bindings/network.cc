// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks: inputs, outputs, and walking what is there.
#include "network.h"

#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::ILayer;

ILayer* layer_at(INetworkDefinition& self, int64_t index) {
  const int64_t size = self.getNbLayers();
  if (index < -size || index >= size) throw py::index_error();
  return self.getLayer(static_cast<int32_t>(index < 0 ? index + size : index));
}

void add_borders(NetworkClass& bound) {
  bound
      .def(
          "add_input",
          [](INetworkDefinition& self, const char* name, nvinfer1::DataType dtype,
             const nvinfer1::Dims& shape) {
            return demanded("add_input", [&] { return self.addInput(name, dtype, shape); });
          },
          py::arg("name"), py::arg("dtype"), py::arg("shape"), kOfNetwork,
          "Adds an input; extents that are known only when running are -1.")
      .def("mark_output", &INetworkDefinition::markOutput, py::arg("tensor"))
      .def("unmark_output", &INetworkDefinition::unmarkOutput, py::arg("tensor"))
      .def("mark_output_for_shapes", &INetworkDefinition::markOutputForShapes, py::arg("tensor"))
      .def("unmark_output_for_shapes", &INetworkDefinition::unmarkOutputForShapes,
           py::arg("tensor"))
      .def("mark_debug", &INetworkDefinition::markDebug, py::arg("tensor"))
      .def("unmark_debug", &INetworkDefinition::unmarkDebug, py::arg("tensor"))
      .def("is_debug_tensor", &INetworkDefinition::isDebugTensor, py::arg("tensor"))
      .def("mark_unfused_tensors_as_debug_tensors",
           &INetworkDefinition::markUnfusedTensorsAsDebugTensors)
      .def("unmark_unfused_tensors_as_debug_tensors",
           &INetworkDefinition::unmarkUnfusedTensorsAsDebugTensors)
      .def("remove_tensor", &INetworkDefinition::removeTensor, py::arg("tensor"))
      .def_property_readonly("num_inputs", &INetworkDefinition::getNbInputs)
      .def_property_readonly("num_outputs", &INetworkDefinition::getNbOutputs)
      .def("get_input", &INetworkDefinition::getInput, py::arg("index"), kOfNetwork)
      .def("get_output", &INetworkDefinition::getOutput, py::arg("index"), kOfNetwork);
}

void add_refitting(NetworkClass& bound) {
  bound
      .def("set_weights_name", &INetworkDefinition::setWeightsName, py::arg("weights"),
           py::arg("name"))
      .def("mark_weights_refittable", &INetworkDefinition::markWeightsRefittable, py::arg("name"))
      .def("unmark_weights_refittable", &INetworkDefinition::unmarkWeightsRefittable,
           py::arg("name"))
      .def("are_weights_marked_refittable", &INetworkDefinition::areWeightsMarkedRefittable,
           py::arg("name"));
}

}  // namespace

void bind_network(py::module_& m) {
  NetworkClass bound(m, "INetworkDefinition", py::dynamic_attr(),
                     "A network of layers. Weights given to it stay where they are and are kept "
                     "alive. Methods that add a layer raise RuntimeError where that is refused. "
                     "One thread at a time.");
  add_borders(bound);
  bound.def_property("name", &INetworkDefinition::getName, &INetworkDefinition::setName)
      .def_property_readonly("num_layers", &INetworkDefinition::getNbLayers)
      .def_property_readonly("has_implicit_batch_dimension",
                             &INetworkDefinition::hasImplicitBatchDimension)
      .def_property_readonly("flags", &INetworkDefinition::getFlags)
      .def("get_flag", &INetworkDefinition::getFlag, py::arg("flag"))
      .def_property_readonly("builder", &INetworkDefinition::getBuilder, kOfNetwork)
      .def_property("error_recorder",
                    py::cpp_function(&INetworkDefinition::getErrorRecorder, kOfNetwork),
                    keeping_setter("error_recorder", &INetworkDefinition::setErrorRecorder))
      .def("get_layer", &layer_at, py::arg("index"), kOfNetwork)
      .def("__len__", &INetworkDefinition::getNbLayers)
      .def("__getitem__", &layer_at, kOfNetwork)
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](INetworkDefinition&, const py::args&) {});
  add_element_layers(bound);
  add_weight_layers(bound);
  add_movement_layers(bound);
  add_reduce_layers(bound);
  add_other_layers(bound);
  add_plugins(bound);
  add_refitting(bound);
}

}  // namespace tenon::python
