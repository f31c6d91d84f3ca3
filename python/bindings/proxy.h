// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Objects written in Python, in a form that the engine may own and delete.
#pragma once

#include <string>

#include "call.h"

namespace tenon::python {

/// Remembers which Python object stands behind an object that the engine owns. Needs the GIL.
void remember(const void* proxy, const py::object& object);
void forget(const void* proxy);
/// The object behind a proxy, or a null handle.
py::handle behind(const void* proxy);

/// A reference to a Python object that may be let go without the GIL, and after the interpreter.
class Reference {
 public:
  explicit Reference(py::object object) : object_(std::move(object)) {}
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  [[nodiscard]] const py::object& get() const noexcept { return object_; }

 private:
  py::object object_;
};

/// The Python object of an interface: what stands behind a proxy, or a reference to the object.
template <class Interface>
py::object to_python(Interface* object) {
  if (object == nullptr) return py::none();
  if (const py::handle known = behind(object)) return py::reinterpret_borrow<py::object>(known);
  return py::cast(object, py::return_value_policy::reference);
}

/// "enqueue() of plugin 'Name'": where a callback failed.
std::string where_of(const char* method, const py::handle& object);

/// Calls a Python method that the engine waits for; see callback().
template <class Interface, class Value, class Body>
Value method_call(const Interface* self, const char* name, Value failure, Body&& body) noexcept {
  return callback(
      failure, [&] { return where_of(name, py::cast(self, py::return_value_policy::reference)); },
      [&] { return body(overriding(self, name)); });
}

/// As method_call, for methods that a class may leave out: then `absent` is the answer.
template <class Interface, class Value, class Body>
Value optional_call(const Interface* self, const char* name, Value absent, Value failure,
                    Body&& body) noexcept {
  return callback(
      failure, [&] { return where_of(name, py::cast(self, py::return_value_policy::reference)); },
      [&] {
        const py::function method = py::get_override(self, name);
        return method ? body(method) : absent;
      });
}

/// An attribute of the Python object behind `self`.
template <class Interface>
py::object attribute(const Interface* self, const char* name) {
  return py::cast(self, py::return_value_policy::reference).attr(name);
}

/// A text attribute, kept in `storage` while the engine looks at it; null on failure.
template <class Interface>
const char* text_attribute(const Interface* self, const char* name, std::string& storage) noexcept {
  return callback<const char*>(
      "", [&] { return where_of(name, py::cast(self, py::return_value_policy::reference)); },
      [&] {
        storage = attribute(self, name).template cast<std::string>();
        return storage.c_str();
      });
}

/// What a method returned as status: None is success.
inline int32_t status_of(const py::object& answer) {
  return answer.is_none() ? 0 : answer.cast<int32_t>();
}

}  // namespace tenon::python
