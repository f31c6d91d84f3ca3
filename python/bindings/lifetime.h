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

/// What is kept with `self` under `slot`; None when there is nothing.
py::object kept(const py::handle& self, const char* slot);

/// A setter that keeps the Python object it is given alive, under `slot`.
template <class Class, class Value>
auto keeping_setter(const char* slot, void (Class::*setter)(Value*) noexcept) {
  return [=](const py::object& self, const py::object& value) {
    (self.cast<Class&>().*setter)(value.is_none() ? nullptr : value.cast<Value*>());
    keep(self, slot, value);
  };
}

/// Gives the Python object that keeping_setter() was given, so that what its class adds is there:
/// of an object of a derived kind the engine knows only the base.
template <class Class, class Value>
auto kept_getter(const char* slot, Value* (Class::*getter)() const noexcept) {
  return [=](const py::object& self) -> py::object {
    Value* value = (self.cast<const Class&>().*getter)();
    if (value == nullptr) return py::none();
    const py::object known = kept(self, slot);
    return known.is_none() ? py::cast(value, py::return_value_policy::reference) : known;
  };
}

}  // namespace tenon::python
