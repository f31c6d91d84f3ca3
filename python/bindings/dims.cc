// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes and permutations, which behave as sequences of integers.
#include <string>
#include <vector>

#include "bind.h"

namespace tenon::python {

namespace {

using nvinfer1::Dims;
using nvinfer1::Permutation;
using Extents = std::vector<int64_t>;

Dims to_dims(const Extents& extents) {
  if (extents.size() > Dims::MAX_DIMS) {
    throw py::value_error("a shape has at most 8 dimensions, these are " +
                          std::to_string(extents.size()));
  }
  Dims dims{};
  dims.nbDims = static_cast<int32_t>(extents.size());
  for (size_t i = 0; i < extents.size(); ++i) dims.d[i] = extents[i];
  return dims;
}

Extents values(const Dims& dims) {
  if (dims.nbDims < 0) throw py::value_error("this shape is not known: its rank is negative");
  return {dims.d, dims.d + dims.nbDims};
}

Extents values(const Permutation& permutation) {
  return {permutation.order, permutation.order + Dims::MAX_DIMS};
}

size_t place(int64_t index, size_t size) {
  const auto count = static_cast<int64_t>(size);
  if (index < -count || index >= count) throw py::index_error();
  return static_cast<size_t>(index < 0 ? index + count : index);
}

int64_t& element(Dims& dims, int64_t index) { return dims.d[place(index, values(dims).size())]; }
int32_t& element(Permutation& permutation, int64_t index) {
  return permutation.order[place(index, Dims::MAX_DIMS)];
}

/// Any sequence or iterable of integers; nothing else equals a shape.
template <class T>
bool equals(const T& mine, const py::object& other) {
  if (!py::isinstance<py::sequence>(other) && !py::isinstance<T>(other)) return false;
  try {
    return py::tuple(py::cast(values(mine))).equal(py::tuple(other));
  } catch (const py::error_already_set&) {
    return false;
  }
}

template <class T, class Class>
void add_sequence(Class& bound) {
  bound.def("__len__", [](const T& self) { return values(self).size(); })
      .def("__getitem__", [](T& self, int64_t index) { return element(self, index); })
      .def("__getitem__",
           [](const T& self, const py::slice& slice) {
             return py::tuple(py::cast(values(self)))[slice].template cast<py::tuple>();
           })
      .def("__setitem__",
           [](T& self, int64_t index, int64_t value) {
             auto& target = element(self, index);
             target = static_cast<std::remove_reference_t<decltype(target)>>(value);
           })
      .def("__iter__", [](const T& self) { return py::iter(py::cast(values(self))); })
      .def("__eq__", [](const T& self, const py::object& other) { return equals(self, other); })
      .def("__ne__", [](const T& self, const py::object& other) { return !equals(self, other); })
      .def("__str__", [](const T& self) { return py::str(py::tuple(py::cast(values(self)))); })
      .def("__repr__", [](const T& self) { return py::str(py::tuple(py::cast(values(self)))); });
  bound.attr("__hash__") = py::none();
}

/// A name for shapes of one rank; the rank is what they are made of.
void bind_fixed(py::module_& m, const py::object& base, const char* name) {
  const py::handle type(reinterpret_cast<PyObject*>(&PyType_Type));
  py::dict members;
  members["__module__"] = m.attr("__name__");
  m.attr(name) = type(name, py::make_tuple(base), members);
}

}  // namespace

void bind_dims(py::module_& m) {
  py::class_<Dims> dims(m, "Dims", "A shape of at most MAX_DIMS extents; -1 is an unknown extent.");
  dims.def(py::init([](const py::args& extents) {
             if (extents.empty()) return Dims{};
             const bool one = extents.size() == 1 && py::isinstance<py::iterable>(extents[0]);
             return to_dims(
                 py::list(one ? py::object(extents[0]) : py::object(extents)).cast<Extents>());
           }),
           "Makes a shape from integers or from one iterable of them.")
      .def_readwrite("nbDims", &Dims::nbDims);
  dims.attr("MAX_DIMS") = py::int_(static_cast<int>(Dims::MAX_DIMS));
  add_sequence<Dims>(dims);
  py::implicitly_convertible<py::iterable, Dims>();
  for (const char* name : {"Dims2", "DimsHW", "Dims3", "Dims4"}) bind_fixed(m, dims, name);

  py::class_<Permutation> permutation(m, "Permutation", "Where each dimension comes from.");
  permutation.def(py::init<>()).def(py::init([](const Extents& order) {
    const Dims checked = to_dims(order);
    Permutation result{};
    for (int i = 0; i < Dims::MAX_DIMS; ++i) {
      result.order[i] = i < checked.nbDims ? static_cast<int32_t>(checked.d[i]) : i;
    }
    return result;
  }));
  add_sequence<Permutation>(permutation);
  py::implicitly_convertible<py::iterable, Permutation>();
}

}  // namespace tenon::python
