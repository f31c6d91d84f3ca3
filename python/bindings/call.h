// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls between Python and the engine: what a callback raises reaches the caller as it was raised.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bind.h"

namespace tenon::python {

/// One call from Python into the engine. Lives on the stack of the calling thread, nests, and
/// collects what goes wrong below it on this thread. Made and ended with the GIL held.
class Call {
 public:
  Call();
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// The innermost call of this thread, or null.
  static Call* current() noexcept;
  /// Keeps an error of a callback; needs the GIL. `where` names method and object.
  static void keep(const py::error_already_set& error, const std::string& where) noexcept;
  /// Keeps an error sentence of the engine; thread-safe.
  static void complain(const char* sentence) noexcept;

  /// Ends the call. Of a failed one the first error of a callback is raised, with the engine's
  /// sentences as notes; of one that succeeded nevertheless it is shown on stderr.
  void settle(bool succeeded);
  /// What the engine said last when it refused; "" for nothing.
  [[nodiscard]] std::string last_sentence() const;

 private:
  Call* outer_;
  std::optional<py::error_already_set> error_;
  std::string where_;
  std::vector<std::string> sentences_;
};

/// False once the interpreter goes down: then callbacks answer with their failure value.
[[nodiscard]] bool interpreter_lives() noexcept;
void interpreter_ends() noexcept;

/// Runs `body` without the GIL; see Call::settle. The result's truth tells success.
template <class Body>
auto released(Body&& body) {
  Call call;
  auto result = [&] {
    const py::gil_scoped_release release;
    return body();
  }();
  call.settle(static_cast<bool>(result));
  return result;
}

/// Runs `body` with the GIL held; a null answer raises RuntimeError with the engine's sentence.
template <class Body>
auto demanded(const char* what, Body&& body) {
  Call call;
  auto* result = body();
  call.settle(result != nullptr);
  if (result == nullptr) throw std::runtime_error(what + (": " + call.last_sentence()));
  return result;
}

/// Runs Python code for the engine: takes the GIL, and turns what it raises into `failure`.
template <class Value, class Where, class Body>
Value callback(Value failure, Where&& where, Body&& body) noexcept {
  if (!interpreter_lives()) return failure;
  const py::gil_scoped_acquire gil;
  try {
    try {
      return body();
    } catch (const py::error_already_set& error) {
      Call::keep(error, where());
    } catch (const std::exception& error) {  // a conversion failed
      py::set_error(PyExc_TypeError, error.what());
      const py::error_already_set as_python;
      Call::keep(as_python, where());
    }
  } catch (...) {
    // The object cannot even be named: its failure is answered, without more words.
    PyErr_Clear();
  }
  return failure;
}

/// The Python method that overrides `name` in the object behind `self`; raises
/// NotImplementedError where there is none.
template <class Alias>
py::function overriding(const Alias* self, const char* name) {
  py::function method = py::get_override(self, name);
  if (!method) {
    py::set_error(PyExc_NotImplementedError, (std::string(name) + " is not implemented").c_str());
    throw py::error_already_set();
  }
  return method;
}

}  // namespace tenon::python
