// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory that the engine hands out.
#include "bind.h"

namespace tenon::python {

void bind_host_memory(py::module_& m) {
  using nvinfer1::IHostMemory;
  py::class_<IHostMemory>(m, "IHostMemory", py::buffer_protocol(),
                          "Bytes that the engine made, such as an engine file; shown to others by "
                          "the buffer protocol, so bytes(x) and file.write(x) work.")
      .def_property_readonly("dtype", &IHostMemory::type)
      .def_property_readonly("nbytes", &IHostMemory::size)
      .def("__len__", &IHostMemory::size)
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](IHostMemory&, const py::args&) {})
      .def_buffer([](IHostMemory& self) {
        return py::buffer_info(static_cast<const uint8_t*>(self.data()),
                               static_cast<py::ssize_t>(self.size()));
      });
}

}  // namespace tenon::python
