// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loggers.
#include <cstdio>
#include <cstring>

#include "call.h"
#include "enums.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::ILogger;
using Severity = ILogger::Severity;

/// Writes to stderr; usable from any thread, without the interpreter too.
class Logger final : public ILogger {
 public:
  explicit Logger(Severity least) : min_severity(least) {}
  void log(Severity severity, char const* message) noexcept override {
    if (severity <= Severity::kERROR) Call::complain(message);
    if (severity > min_severity) return;
    const char* mark = "FEWIV";
    std::fprintf(stderr, "[tenon] [%c] %s\n", mark[static_cast<int>(severity)], message);
  }
  Severity min_severity;
};

class PythonLogger final : public ILogger {
 public:
  void log(Severity severity, char const* message) noexcept override {
    if (severity <= Severity::kERROR) Call::complain(message);
    const ILogger* self = this;
    method_call(self, "log", false, [&](const py::function& method) {
      method(severity, py::reinterpret_steal<py::str>(PyUnicode_DecodeUTF8(
                           message, static_cast<py::ssize_t>(std::strlen(message)), "replace")));
      return true;
    });
  }
};

constexpr Entry<Severity> kSeverities[] = {
    {"INTERNAL_ERROR", Severity::kINTERNAL_ERROR, "a defect of the library"},
    {"ERROR", Severity::kERROR, "a call failed"},
    {"WARNING", Severity::kWARNING, "it works, but perhaps not as meant"},
    {"INFO", Severity::kINFO, "worth knowing"},
    {"VERBOSE", Severity::kVERBOSE, "for looking inside"},
};

}  // namespace

void bind_logger(py::module_& m) {
  py::class_<ILogger, PythonLogger, Owned<ILogger>> base(
      m, "ILogger",
      "Takes messages, from any thread. A Python class overrides log(severity, msg).");
  add_enum(base, "Severity", "How much a message matters.", kSeverities, true);
  for (const auto& entry : kSeverities) base.attr(entry.name) = py::cast(entry.value);
  base.def(py::init_alias<>()).def("log", &ILogger::log, py::arg("severity"), py::arg("msg"));
  py::class_<Logger, ILogger, Owned<Logger>>(m, "Logger", "A logger that writes to stderr.")
      .def(py::init<Severity>(), py::arg("min_severity") = Severity::kWARNING)
      .def_readwrite("min_severity", &Logger::min_severity);
  m.def("get_nv_logger", &getLogger, py::return_value_policy::reference);
}

}  // namespace tenon::python
