// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Properties that a Python class sets and that the engine's own objects answer by a method.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "bind.h"

namespace tenon::python {

inline bool written_in_python(const nvinfer1::IVersionedInterface& object) {
  return object.getAPILanguage() == nvinfer1::APILanguage::kPYTHON;
}
inline bool written_in_python(const nvinfer1::IPluginV2& plugin) {
  const auto family = static_cast<uint32_t>(plugin.getTensorRTVersion()) >> 24U;
  return (family & static_cast<uint32_t>(nvinfer1::kPLUGIN_VERSION_PYTHON_BIT)) != 0;
}

template <class T>
struct Stored {
  static py::object get(const T& value, const char*) { return py::cast(value); }
};

template <class T>
struct Stored<std::optional<T>> {
  static py::object get(const std::optional<T>& value, const char* name) {
    if (!value) throw py::attribute_error(std::string(name) + " was never set");
    return py::cast(*value);
  }
};

template <class Class, class Written, class Value, class Getter>
void add_stored(Class& bound, const char* name, Value Written::*member, Getter getter) {
  using Bound = typename Class::type;
  bound.def_property(
      name,
      [=](Bound& self) -> py::object {
        if (!written_in_python(self)) return getter(self);
        return Stored<Value>::get(static_cast<Written&>(self).*member, name);
      },
      [=](Bound& self, const Value& value) {
        if (!written_in_python(self))
          throw py::attribute_error(std::string(name) + " cannot be set here");
        static_cast<Written&>(self).*member = value;
      });
}

/// Adds property `name`, kept in `member` of the class written in Python; of other objects `getter`
/// answers, and there is nothing to set.
template <class Class, class Written, class Value, class Interface, class Answer>
void stored_property(Class& bound, const char* name, Value Written::*member,
                     Answer (Interface::*getter)() const) {
  add_stored(bound, name, member,
             [getter](typename Class::type& self) { return py::cast((self.*getter)()); });
}
template <class Class, class Written, class Value, class Interface, class Answer>
void stored_property(Class& bound, const char* name, Value Written::*member,
                     Answer (Interface::*getter)()) {
  add_stored(bound, name, member,
             [getter](typename Class::type& self) { return py::cast((self.*getter)()); });
}

}  // namespace tenon::python
