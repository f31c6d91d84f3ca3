// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making classes of Python's enum module.
#include "enums.h"

#include <pybind11/eval.h>

#include <string>

namespace tenon::python {

namespace {

/// The base of all: a member is not an int, but becomes one by int() and where an index is wanted.
constexpr const char* kBase = R"(
import enum

class Enumeration(enum.Enum):
    def __int__(self):
        return self.value

    def __index__(self):
        return self.value

    def __str__(self):
        return f"{type(self).__name__}.{self.name}"

class OrderedEnumeration(Enumeration):
    def __eq__(self, other):
        return int(self) == int(other) if isinstance(other, (int, Enumeration)) else NotImplemented

    def __hash__(self):
        return hash(self.value)

    def __lt__(self, other):
        return int(self) < int(other)

    def __le__(self, other):
        return int(self) <= int(other)

    def __gt__(self, other):
        return int(self) > int(other)

    def __ge__(self, other):
        return int(self) >= int(other)
)";

py::object base_class(const char* name, const py::handle& scope) {
  static auto* classes = new py::dict();
  if (classes->empty()) {
    (*classes)["__builtins__"] = py::module_::import("builtins");
    (*classes)["__name__"] = scope.attr("__name__");
    py::exec(kBase, *classes);
  }
  return (*classes)[name];
}

}  // namespace

py::object make_enum(py::handle scope, const char* name, const char* doc,
                     const std::vector<AnyEntry>& entries, bool ordered,
                     std::vector<PyObject*>& members) {
  py::list pairs;
  py::dict explained;
  std::string text = std::string(doc) + "\n\nMembers:\n";
  for (const AnyEntry& entry : entries) {
    pairs.append(py::make_tuple(entry.name, entry.value));
    explained[entry.name] = py::make_tuple(entry.value, entry.meaning);
    text += std::string("\n  ") + entry.name + (entry.meaning != nullptr ? ": " : "") +
            (entry.meaning != nullptr ? entry.meaning : "");
  }
  const bool in_class = py::isinstance<py::type>(scope);
  py::object made = base_class(ordered ? "OrderedEnumeration" : "Enumeration", scope)(
      name, pairs,
      py::arg("module") = in_class ? scope.attr("__module__") : scope.attr("__name__"));
  made.attr("__doc__") = text;
  py::setattr(made, "__entries", explained);
  if (in_class)
    made.attr("__qualname__") = py::str(scope.attr("__name__")) + py::str(".") + py::str(name);
  for (const AnyEntry& entry : entries) {
    const auto i = static_cast<size_t>(entry.value);
    if (members.size() <= i) members.resize(i + 1);
    if (members[i] == nullptr) members[i] = py::object(made.attr(entry.name)).release().ptr();
  }
  scope.attr(name) = made;
  return made;
}

}  // namespace tenon::python
