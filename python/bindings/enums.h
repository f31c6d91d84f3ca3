// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations as tables: name in Python, value, what it means.
#pragma once

#include <vector>

#include "bind.h"

namespace tenon::python {

template <class E>
struct Entry {
  const char* name;
  E value;
  const char* meaning = nullptr;
};

/// The same without the type.
struct AnyEntry {
  const char* name;
  int value;
  const char* meaning;
};

/// Makes the class and lists its members by value. `ordered`: members compare with < and with
/// integers.
py::object make_enum(py::handle scope, const char* name, const char* doc,
                     const std::vector<AnyEntry>& entries, bool ordered,
                     std::vector<PyObject*>& members);

template <class E, size_t kCount>
py::object add_enum(py::handle scope, const char* name, const char* doc,
                    const Entry<E> (&entries)[kCount], bool ordered = false) {
  std::vector<AnyEntry> plain;
  for (const Entry<E>& entry : entries) {
    plain.push_back({entry.name, static_cast<int>(entry.value), entry.meaning});
  }
  return make_enum(scope, name, doc, plain, ordered, enum_members<E>);
}

}  // namespace tenon::python
