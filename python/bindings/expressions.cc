// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Symbolic shapes, and the launch parameters made of them.
#include <string>
#include <vector>

#include "bind.h"
#include "impl/NvInferPythonPlugin.h"

namespace tenon::python {

namespace {

using nvinfer1::DimsExprs;
using nvinfer1::IDimensionExpr;
using nvinfer1::IExprBuilder;

size_t place(const DimsExprs& self, int64_t index) {
  if (index < -self.nbDims || index >= self.nbDims) throw py::index_error();
  return static_cast<size_t>(index < 0 ? index + self.nbDims : index);
}

DimsExprs of_rank(int32_t rank) {
  if (rank < 0 || rank > nvinfer1::Dims::MAX_DIMS) {
    throw py::value_error("DimsExprs has 0 to 8 dimensions, not " + std::to_string(rank));
  }
  DimsExprs result{};
  result.nbDims = rank;
  return result;
}

DimsExprs of_list(const std::vector<const IDimensionExpr*>& extents) {
  DimsExprs result = of_rank(static_cast<int32_t>(extents.size()));
  for (size_t i = 0; i < extents.size(); ++i) result.d[i] = extents[i];
  return result;
}

}  // namespace

void bind_expressions(py::module_& m) {
  py::class_<IDimensionExpr, Borrowed<IDimensionExpr>>(
      m, "IDimensionExpr", "An extent as an expression; belongs to its builder.")
      .def("is_constant", &IDimensionExpr::isConstant)
      .def("get_constant_value", &IDimensionExpr::getConstantValue)
      .def("is_size_tensor", &IDimensionExpr::isSizeTensor);
  py::class_<IExprBuilder, Borrowed<IExprBuilder>>(
      m, "IExprBuilder", "Makes expressions; valid during the call that shows it.")
      .def("constant", &IExprBuilder::constant, py::arg("value"), kReference)
      .def("operation", &IExprBuilder::operation, py::arg("op"), py::arg("first"),
           py::arg("second"), kReference)
      .def("declare_size_tensor", &IExprBuilder::declareSizeTensor, py::arg("output_index"),
           py::arg("opt"), py::arg("upper"), kReference,
           "Makes output `output_index` a scalar that holds an extent while running.");
  py::class_<DimsExprs>(m, "DimsExprs", "A shape of expressions; DimsExprs(n) has n empty places.")
      .def(py::init([] { return of_rank(0); }))
      .def(py::init(&of_rank), py::arg("rank"))
      .def(py::init<const DimsExprs&>())
      .def(py::init(&of_list))
      .def("__len__", [](const DimsExprs& self) { return self.nbDims; })
      .def(
          "__getitem__",
          [](const DimsExprs& self, int64_t index) { return self.d[place(self, index)]; },
          kReference)
      .def("__setitem__", [](DimsExprs& self, int64_t index, const IDimensionExpr* value) {
        self.d[place(self, index)] = value;
      });
  py::implicitly_convertible<py::list, DimsExprs>();
}

}  // namespace tenon::python
