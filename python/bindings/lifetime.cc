// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Who keeps whom alive.
#include "lifetime.h"

#include <string>
#include <unordered_set>

namespace tenon::python {

void keep_forever(const py::object& what) {
  static auto* kept = new std::unordered_set<PyObject*>;
  if (!what.is_none() && kept->insert(what.ptr()).second) what.inc_ref();
}

namespace {

std::string attribute(const char* slot) { return std::string("_kept_") + slot; }

}  // namespace

void keep(const py::handle& self, const char* slot, const py::object& what) {
  py::setattr(self, attribute(slot).c_str(), what);
}

py::object kept(const py::handle& self, const char* slot) {
  return py::getattr(self, attribute(slot).c_str(), py::none());
}

void keep_with_network(const py::handle& part, const py::object& what) {
  py::handle place = part;
  // Layers and tensors keep the objects they came from alive: their first patient.
  const auto& patients = py::detail::get_internals().patients;
  while (!py::isinstance<nvinfer1::INetworkDefinition>(place)) {
    const auto found = patients.find(place.ptr());
    if (found == patients.end() || found->second.empty()) break;
    place = found->second.front();
  }
  py::detail::keep_alive_impl(place, what);
}

}  // namespace tenon::python
