// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Objects that watch a build or a run.
#include <cstdio>

#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::IProfiler;
using nvinfer1::IProgressMonitor;

class Profiler final : public IProfiler {
 public:
  void reportLayerTime(char const* layer, float milliseconds) noexcept override {
    std::printf("%s: %g ms\n", layer, static_cast<double>(milliseconds));
  }
};

class PythonProfiler final : public IProfiler {
 public:
  void reportLayerTime(char const* layer, float milliseconds) noexcept override {
    const IProfiler* self = this;
    method_call(self, "report_layer_time", false, [&](const py::function& method) {
      method(layer, milliseconds);
      return true;
    });
  }
};

class PythonProgressMonitor final : public IProgressMonitor {
 public:
  void phaseStart(char const* phase, char const* parent, int32_t steps) noexcept override {
    method_call(face(), "phase_start", false, [&](const py::function& method) {
      method(phase, parent, steps);
      return true;
    });
  }
  bool stepComplete(char const* phase, int32_t step) noexcept override {
    return method_call(face(), "step_complete", false, [&](const py::function& method) {
      const py::object answer = method(phase, step);
      return answer.is_none() || answer.cast<bool>();
    });
  }
  void phaseFinish(char const* phase) noexcept override {
    method_call(face(), "phase_finish", false, [&](const py::function& method) {
      method(phase);
      return true;
    });
  }

 private:
  [[nodiscard]] const IProgressMonitor* face() const { return this; }
};

}  // namespace

void bind_observers(py::module_& m) {
  py::class_<IProfiler, PythonProfiler, Owned<IProfiler>>(
      m, "IProfiler", "A Python class overrides report_layer_time(layer_name, ms).")
      .def(py::init_alias<>())
      .def("report_layer_time", &IProfiler::reportLayerTime, py::arg("layer_name"), py::arg("ms"));
  py::class_<Profiler, IProfiler, Owned<Profiler>>(m, "Profiler", "Prints times of layers.")
      .def(py::init<>());
  py::class_<IProgressMonitor, nvinfer1::IVersionedInterface, PythonProgressMonitor,
             Owned<IProgressMonitor>>(
      m, "IProgressMonitor",
      "A Python class overrides phase_start(phase_name, parent_phase, num_steps), "
      "step_complete(phase_name, step) -> bool (False cancels) and phase_finish(phase_name).")
      .def(py::init_alias<>());
}

}  // namespace tenon::python
