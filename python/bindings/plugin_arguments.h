// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arrays that plugins are called with, as Python lists.
#pragma once

#include <algorithm>
#include <string>

#include "bind.h"

namespace tenon::python {

template <class T>
py::list to_list(const T* first, int32_t count) {
  py::list result(static_cast<size_t>(std::max(count, 0)));
  for (int32_t i = 0; i < count; ++i) result[static_cast<size_t>(i)] = py::cast(first[i]);
  return result;
}

/// Addresses as integers.
inline py::list to_addresses(void const* const* first, int32_t count) {
  py::list result(static_cast<size_t>(std::max(count, 0)));
  for (int32_t i = 0; i < count; ++i) {
    result[static_cast<size_t>(i)] = py::int_(reinterpret_cast<uintptr_t>(first[i]));
  }
  return result;
}

inline py::int_ to_address(const void* address) {
  return py::int_(reinterpret_cast<uintptr_t>(address));
}

/// Writes the elements of a sequence, which must be as many as wanted; `what` names them.
template <class T>
void fill(T* out, int32_t count, const py::object& answer, const char* what) {
  const py::sequence values(answer);
  if (static_cast<int32_t>(values.size()) != count) {
    throw py::value_error(std::string(what) + " returned " + std::to_string(values.size()) +
                          " elements, the plugin has " + std::to_string(count) + " outputs");
  }
  for (size_t i = 0; i < values.size(); ++i) out[i] = values[i].template cast<T>();
}

}  // namespace tenon::python
