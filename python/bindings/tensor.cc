// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors of a network.
#include "bind.h"

namespace tenon::python {

void bind_tensor(py::module_& m) {
  using nvinfer1::ITensor;
  py::class_<ITensor, Borrowed<ITensor>>(m, "ITensor",
                                         "A tensor of a network; belongs to the network.")
      .def_property("name", &ITensor::getName, &ITensor::setName)
      .def_property("shape", &ITensor::getDimensions, &ITensor::setDimensions,
                    "Extents; -1 is one that is not known. Can be set on inputs.")
      .def_property("dtype", &ITensor::getType, &ITensor::setType)
      .def_property("location", &ITensor::getLocation, &ITensor::setLocation)
      .def_property("broadcast_across_batch", &ITensor::getBroadcastAcrossBatch,
                    &ITensor::setBroadcastAcrossBatch)
      .def_property("allowed_formats", &ITensor::getAllowedFormats, &ITensor::setAllowedFormats,
                    "A mask of 1 << int(TensorFormat).")
      .def_property_readonly("is_network_input", &ITensor::isNetworkInput)
      .def_property_readonly("is_network_output", &ITensor::isNetworkOutput)
      .def_property_readonly("is_shape_tensor", &ITensor::isShapeTensor)
      .def_property_readonly("is_execution_tensor", &ITensor::isExecutionTensor)
      .def_property(
          "dynamic_range",
          [](ITensor& self) -> py::object {
            if (!self.dynamicRangeIsSet()) return py::none();
            return py::make_tuple(self.getDynamicRangeMin(), self.getDynamicRangeMax());
          },
          [](ITensor& self, std::pair<float, float> range) {
            if (!self.setDynamicRange(range.first, range.second)) {
              throw py::value_error("the tensor takes no dynamic range");
            }
          })
      .def("set_dynamic_range", &ITensor::setDynamicRange, py::arg("min"), py::arg("max"))
      .def("reset_dynamic_range", &ITensor::resetDynamicRange)
      .def("set_dimension_name", &ITensor::setDimensionName, py::arg("index"), py::arg("name"))
      .def("get_dimension_name", &ITensor::getDimensionName, py::arg("index"));
}

}  // namespace tenon::python
