// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a compiled kernel is launched, written down in expressions.
#include <string>

#include "plugin_quick_faces.h"

namespace tenon::python {

namespace {

using nvinfer1::IDimensionExpr;
using nvinfer1::IKernelLaunchParams;
using nvinfer1::ISymExpr;
using nvinfer1::ISymExprs;
using nvinfer1::PluginArgDataType;
using nvinfer1::PluginArgType;

/// An argument made in Python.
class PythonSymExpr final : public ISymExpr {
 public:
  PluginArgType getType() const noexcept override { return type; }
  PluginArgDataType getDataType() const noexcept override { return dtype; }
  void* getExpr() noexcept override { return const_cast<IDimensionExpr*>(expr); }

  PluginArgType type = PluginArgType::kINT;
  PluginArgDataType dtype = PluginArgDataType::kINT32;
  const IDimensionExpr* expr = nullptr;
};

using Launch = py::class_<IKernelLaunchParams, Borrowed<IKernelLaunchParams>>;

/// What is put in stays alive with the object that shows the sheet.
void add_number(Launch& bound, const char* name, ISymExpr* (IKernelLaunchParams::*get)() noexcept,
                bool (IKernelLaunchParams::*set)(ISymExpr*) noexcept) {
  bound.def_property(
      name, py::cpp_function(get, kReference),
      py::cpp_function([set](IKernelLaunchParams& self, ISymExpr* value) { (self.*set)(value); },
                       py::keep_alive<1, 2>()));
}

void bind_arguments(py::module_& m) {
  py::class_<ISymExpr, PythonSymExpr, Owned<ISymExpr>>(
      m, "ISymExpr", "A scalar argument of a kernel: its type, and an expression for its value.")
      .def(py::init_alias<>())
      .def_property(
          "type", &ISymExpr::getType,
          [](ISymExpr& self, PluginArgType type) { static_cast<PythonSymExpr&>(self).type = type; })
      .def_property("dtype", &ISymExpr::getDataType,
                    [](ISymExpr& self, PluginArgDataType dtype) {
                      static_cast<PythonSymExpr&>(self).dtype = dtype;
                    })
      .def_property(
          "expr",
          py::cpp_function(
              [](ISymExpr& self) { return static_cast<const IDimensionExpr*>(self.getExpr()); },
              kReference),
          [](ISymExpr& self, const IDimensionExpr* expr) {
            static_cast<PythonSymExpr&>(self).expr = expr;
          });
  py::class_<ISymExprs, Borrowed<ISymExprs>>(m, "ISymExprs",
                                             "The scalar arguments of a kernel, in order.")
      .def_property("nbSymExprs", &ISymExprs::getNbSymExprs,
                    [](ISymExprs& self, int32_t count) {
                      if (!self.setNbSymExprs(count)) {
                        throw py::value_error("a kernel has 0 to 256 scalar arguments, not " +
                                              std::to_string(count));
                      }
                    })
      .def("__len__", &ISymExprs::getNbSymExprs)
      .def(
          "__getitem__",
          [](ISymExprs& self, int32_t index) {
            if (index < 0 || index >= self.getNbSymExprs()) throw py::index_error();
            return self.getSymExpr(index);
          },
          kReference)
      .def(
          "__setitem__",
          [](ISymExprs& self, int32_t index, ISymExpr* value) {
            if (!self.setSymExpr(index, value)) throw py::index_error();
          },
          py::keep_alive<1, 3>());
}

}  // namespace

void bind_symbolic_launch(py::module_& m) {
  bind_arguments(m);
  Launch launch(m, "KernelLaunchParams",
                "Grid, block and dynamic shared memory of a launch; extents not set are 1.");
  using Params = IKernelLaunchParams;
  add_number(launch, "grid_x", &Params::getGridX, &Params::setGridX);
  add_number(launch, "grid_y", &Params::getGridY, &Params::setGridY);
  add_number(launch, "grid_z", &Params::getGridZ, &Params::setGridZ);
  add_number(launch, "block_x", &Params::getBlockX, &Params::setBlockX);
  add_number(launch, "block_y", &Params::getBlockY, &Params::setBlockY);
  add_number(launch, "block_z", &Params::getBlockZ, &Params::setBlockZ);
  add_number(launch, "shared_mem", &Params::getSharedMem, &Params::setSharedMem);
}

}  // namespace tenon::python
