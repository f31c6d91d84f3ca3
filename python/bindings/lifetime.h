// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Who keeps whom alive.
#pragma once

#include "bind.h"

namespace tenon::python {

/// Keeps `what` alive until the process ends: the engine may ask for a logger at any time.
void keep_forever(const py::object& what);

/// Keeps `what` alive with `self`, in place of what was kept under `slot` before; None lets go.
/// The class of `self` has py::dynamic_attr().
void keep(const py::handle& self, const char* slot, const py::object& what);

/// Keeps `what` alive with the network that `part`, a layer or tensor, came from.
void keep_with_network(const py::handle& part, const py::object& what);

/// A setter that keeps the Python object it is given alive, under `slot`.
template <class Class, class Value>
auto keeping_setter(const char* slot, void (Class::*setter)(Value*) noexcept) {
  return [=](const py::object& self, const py::object& value) {
    (self.cast<Class&>().*setter)(value.is_none() ? nullptr : value.cast<Value*>());
    keep(self, slot, value);
  };
}

}  // namespace tenon::python
