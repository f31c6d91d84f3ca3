// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of proxies, and words for where a callback failed.
#include "proxy.h"

#include <unordered_map>

namespace tenon::python {

namespace {

std::unordered_map<const void*, PyObject*>& proxies() {
  static auto* table = new std::unordered_map<const void*, PyObject*>;
  return *table;
}

}  // namespace

void remember(const void* proxy, const py::object& object) { proxies()[proxy] = object.ptr(); }
void forget(const void* proxy) { proxies().erase(proxy); }
py::handle behind(const void* proxy) {
  const auto found = proxies().find(proxy);
  return found == proxies().end() ? py::handle() : py::handle(found->second);
}

Reference::~Reference() {
  if (!interpreter_lives()) {
    (void)object_.release();
    return;
  }
  const py::gil_scoped_acquire gil;
  object_ = py::object();
}

std::string where_of(const char* method, const py::handle& object) {
  std::string result = std::string(method) + " of " +
                       py::str(py::type::handle_of(object).attr("__name__")).cast<std::string>();
  for (const char* name : {"plugin_name", "plugin_type", "name"}) {
    const py::object named = py::getattr(object, name, py::none());
    if (py::isinstance<py::str>(named)) return result + " '" + named.cast<std::string>() + "'";
  }
  return result;
}

}  // namespace tenon::python
