// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Weights, and element types of NumPy.
#include "weights.h"

#include <cstring>
#include <string>

namespace tenon::python {

namespace {

using nvinfer1::DataType;
using nvinfer1::Weights;

struct TypeName {
  DataType type;
  const char* numpy;
  size_t bits;
  bool in_numpy;  ///< else the name is one of ml_dtypes
};

constexpr TypeName kTypes[] = {
    {DataType::kFLOAT, "float32", 32, true},     {DataType::kHALF, "float16", 16, true},
    {DataType::kINT8, "int8", 8, true},          {DataType::kINT32, "int32", 32, true},
    {DataType::kBOOL, "bool", 8, true},          {DataType::kUINT8, "uint8", 8, true},
    {DataType::kFP8, "float8_e4m3fn", 8, false}, {DataType::kBF16, "bfloat16", 16, false},
    {DataType::kINT64, "int64", 64, true},       {DataType::kINT4, "int4", 4, false},
    {DataType::kFP4, "float4_e2m1fn", 4, false}, {DataType::kE8M0, "float8_e8m0fnu", 8, false},
};

const TypeName& row_of(DataType type) { return kTypes[static_cast<size_t>(type)]; }

DataType type_named(const std::string& name) {
  for (const TypeName& row : kTypes) {
    if (name == row.numpy && row.bits >= 8) return row.type;
  }
  throw py::type_error("arrays of " + name + " are no weights: convert the array, to float32 say");
}

size_t byte_count(const Weights& weights) {
  return (static_cast<size_t>(weights.count) * row_of(weights.type).bits + 7) / 8;
}

py::object numpy_type(DataType type) {
  const TypeName& row = row_of(type);
  if (!row.in_numpy) {
    throw py::type_error(std::string("NumPy has no type like ") + row.numpy);
  }
  return py::module_::import("numpy").attr("dtype")(row.numpy);
}

}  // namespace

Weights weights_of(const py::object& array) {
  const py::object numpy = py::module_::import("numpy");
  const py::object view = numpy.attr("asanyarray")(array);
  if (!view.attr("flags")["C_CONTIGUOUS"].cast<bool>()) {
    throw py::value_error("weights must be contiguous: pass numpy.ascontiguousarray(array)");
  }
  const DataType type = type_named(view.attr("dtype").attr("name").cast<std::string>());
  const auto address = view.attr("ctypes").attr("data").cast<uintptr_t>();
  return {type, reinterpret_cast<const void*>(address), view.attr("size").cast<int64_t>()};
}

py::object to_array(const Weights& weights, const py::object& owner) {
  py::object bound = py::cast(weights);
  py::detail::keep_alive_impl(bound, owner);
  if (!row_of(weights.type).in_numpy) return bound;
  const py::object numpy = py::module_::import("numpy");
  if (weights.count == 0) return numpy.attr("empty")(0, numpy_type(weights.type));
  return numpy.attr("frombuffer")(bound, numpy_type(weights.type));
}

void bind_weights(py::module_& m) {
  py::class_<Weights>(
      m, "Weights", py::buffer_protocol(),
      "A view of elements in memory that others own. Made from an array it keeps the array alive; "
      "no element is copied.")
      .def(py::init([](DataType type) {
             return Weights{type, nullptr, 0};
           }),
           py::arg("type") = DataType::kFLOAT)
      .def(py::init([](DataType type, uintptr_t address, int64_t count) {
             return Weights{type, reinterpret_cast<const void*>(address), count};
           }),
           py::arg("type"), py::arg("ptr"), py::arg("count"))
      .def(py::init(&weights_of), py::arg("a"), py::keep_alive<1, 2>())
      .def_property_readonly("dtype", [](const Weights& self) { return self.type; })
      .def_property_readonly("size", [](const Weights& self) { return self.count; })
      .def_property_readonly("nbytes", &byte_count)
      .def("__len__", [](const Weights& self) { return self.count; })
      .def(
          "numpy",
          [](const py::object& self) { return to_array(self.cast<const Weights&>(), self); },
          "A NumPy view of the elements.")
      .def_buffer([](Weights& self) {
        return py::buffer_info(static_cast<const uint8_t*>(self.values),
                               static_cast<py::ssize_t>(byte_count(self)));
      });
  py::implicitly_convertible<py::buffer, Weights>();

  m.def(
      "nptype", [](DataType type) { return py::object(numpy_type(type).attr("type")); },
      py::arg("trt_type"), "The NumPy type of a DataType; TypeError where NumPy has none.");
  py::object type = m.attr("DataType");
  const py::object property = py::module_::import("builtins").attr("property");
  type.attr("itemsize") = property(
      py::cpp_function([](DataType self) { return static_cast<double>(row_of(self).bits) / 8; }));
}

}  // namespace tenon::python
