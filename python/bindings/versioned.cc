// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all objects with a version say of themselves.
#include "enums.h"

namespace tenon::python {

void bind_versioned(py::module_& m) {
  using nvinfer1::APILanguage;
  using nvinfer1::InterfaceInfo;
  using nvinfer1::IVersionedInterface;
  constexpr Entry<APILanguage> kLanguages[] = {{"CPP", APILanguage::kCPP},
                                               {"PYTHON", APILanguage::kPYTHON}};
  add_enum(m, "APILanguage", "The language an object is written in.", kLanguages);
  py::class_<InterfaceInfo>(m, "InterfaceInfo", "Name and version of an interface.")
      .def_readonly("kind", &InterfaceInfo::kind)
      .def_readonly("major", &InterfaceInfo::major)
      .def_readonly("minor", &InterfaceInfo::minor);
  py::class_<IVersionedInterface, Borrowed<IVersionedInterface>>(
      m, "IVersionedInterface", "Base of all interfaces that carry a version.")
      .def_property_readonly("api_language", &IVersionedInterface::getAPILanguage)
      .def_property_readonly("interface_info", &IVersionedInterface::getInterfaceInfo);
}

}  // namespace tenon::python
