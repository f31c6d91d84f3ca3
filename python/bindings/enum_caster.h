// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations as classes of Python's enum module: one table each, no code.
#pragma once

#include <pybind11/pybind11.h>

#include <type_traits>
#include <vector>

namespace tenon::python {

/// The members of an enumeration by value; entries live as long as the process.
template <class E>
inline std::vector<PyObject*> enum_members;

}  // namespace tenon::python

namespace pybind11::detail {

/// Passes members as themselves; integers are no members.
template <class E>
struct type_caster<E, enable_if_t<std::is_enum<E>::value>> {
  PYBIND11_TYPE_CASTER(E, const_name<E>());

  bool load(handle source, bool) {
    const auto& members = tenon::python::enum_members<E>;
    for (size_t i = 0; i < members.size(); ++i) {
      if (members[i] != nullptr && members[i] == source.ptr()) {
        value = static_cast<E>(i);
        return true;
      }
    }
    return false;
  }

  static handle cast(E value, return_value_policy, handle) {
    const auto& members = tenon::python::enum_members<E>;
    const auto i = static_cast<size_t>(value);
    if (i >= members.size() || members[i] == nullptr)
      return int_(static_cast<int>(value)).release();
    return handle(members[i]).inc_ref();
  }
};

}  // namespace pybind11::detail
