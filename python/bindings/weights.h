// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Weights between NumPy and the engine, without copies.
#pragma once

#include "bind.h"
#include "lifetime.h"

namespace tenon::python {

/// A view of an array, which the caller keeps alive. The array is contiguous and of a type that
/// tensors have.
nvinfer1::Weights weights_of(const py::object& array);

/// A NumPy view of weights, or a Weights object where NumPy lacks the type; keeps `owner` alive.
py::object to_array(const nvinfer1::Weights& weights, const py::object& owner);

/// Adds a property of a layer that is weights.
template <class Class, class Layer>
void weights_property(Class& bound, const char* name,
                      nvinfer1::Weights (Layer::*getter)() const noexcept,
                      void (Layer::*setter)(nvinfer1::Weights) noexcept) {
  bound.def_property(
      name, [=](const py::object& self) { return to_array((self.cast<Layer&>().*getter)(), self); },
      [=](const py::object& self, const py::object& array) {
        (self.cast<Layer&>().*setter)(array.cast<nvinfer1::Weights>());
        keep_with_network(self, array);
      });
}

}  // namespace tenon::python
