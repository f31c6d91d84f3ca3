// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What plugins are told of their tensors.
#include "bind.h"

namespace tenon::python {

void bind_plugin_descs(py::module_& m) {
  using nvinfer1::DynamicPluginTensorDesc;
  using nvinfer1::PluginTensorDesc;
  py::class_<PluginTensorDesc>(m, "PluginTensorDesc",
                               "Shape, type, format and scale of a tensor; extents that are not "
                               "known yet are -1.")
      .def(py::init<>())
      .def_readwrite("dims", &PluginTensorDesc::dims)
      .def_readwrite("type", &PluginTensorDesc::type)
      .def_readwrite("format", &PluginTensorDesc::format)
      .def_readwrite("scale", &PluginTensorDesc::scale);
  py::class_<DynamicPluginTensorDesc>(
      m, "DynamicPluginTensorDesc",
      "A tensor of a network, with the bounds of its shape over a profile.")
      .def(py::init<>())
      .def_readwrite("desc", &DynamicPluginTensorDesc::desc)
      .def_readwrite("min", &DynamicPluginTensorDesc::min)
      .def_readwrite("opt", &DynamicPluginTensorDesc::opt)
      .def_readwrite("max", &DynamicPluginTensorDesc::max);
}

}  // namespace tenon::python
