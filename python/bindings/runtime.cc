// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runtimes: engine files become engines.
#include "call.h"
#include "lifetime.h"
#include "tenon/engine_file.h"

namespace tenon::python {

namespace {

using nvinfer1::ICudaEngine;
using nvinfer1::IRuntime;

IRuntime* make_runtime(const py::object& logger) {
  keep_forever(logger);
  auto* runtime = nvinfer1::createInferRuntime(logger.cast<nvinfer1::ILogger&>());
  if (runtime == nullptr) throw std::runtime_error("the runtime could not be made: see the log");
  return runtime;
}

ICudaEngine* load_bytes(IRuntime& self, const py::buffer& content) {
  const py::buffer_info bytes = content.request();
  return released([&] {
    return self.deserializeCudaEngine(bytes.ptr, static_cast<size_t>(bytes.size * bytes.itemsize));
  });
}

template <class Reader>
ICudaEngine* load_stream(IRuntime& self, Reader& reader) {
  return released([&] { return self.deserializeCudaEngine(reader); });
}

void add_loading(py::class_<IRuntime>& bound) {
  constexpr const char* kLoads =
      "Makes an engine of what a build gave; None where that fails. What a callback raised is "
      "raised here.";
  bound
      .def("deserialize_cuda_engine", &load_stream<nvinfer1::IStreamReaderV2>,
           py::arg("stream_reader_v2"), py::keep_alive<0, 1>(), kLoads)
      .def("deserialize_cuda_engine", &load_stream<nvinfer1::IStreamReader>,
           py::arg("stream_reader"), py::keep_alive<0, 1>(), kLoads)
      .def("deserialize_cuda_engine", &load_bytes, py::arg("serialized_engine"),
           py::keep_alive<0, 1>(), kLoads)
      .def(
          "load_engine_file",
          [](IRuntime& self, const char* path) {
            return released([&] { return load_engine_file(self, path); });
          },
          py::arg("path"), py::keep_alive<0, 1>(),
          "Maps an engine file: its weights are read where they lie. None where that fails.");
}

}  // namespace

void bind_runtime(py::module_& m) {
  py::class_<IRuntime> bound(m, "Runtime", py::dynamic_attr(), "Loads engines.");
  add_loading(bound);
  bound.def(py::init(&make_runtime), py::arg("logger"))
      .def_property("DLA_core", &IRuntime::getDLACore, &IRuntime::setDLACore)
      .def_property_readonly("num_DLA_cores", &IRuntime::getNbDLACores)
      .def_property_readonly("logger", &IRuntime::getLogger, py::return_value_policy::reference)
      .def_property("max_threads", &IRuntime::getMaxThreads, &IRuntime::setMaxThreads)
      .def_property("temporary_directory", &IRuntime::getTemporaryDirectory,
                    &IRuntime::setTemporaryDirectory)
      .def_property("tempfile_control_flags", &IRuntime::getTempfileControlFlags,
                    &IRuntime::setTempfileControlFlags)
      .def_property("engine_host_code_allowed", &IRuntime::getEngineHostCodeAllowed,
                    &IRuntime::setEngineHostCodeAllowed)
      .def_property("error_recorder", py::cpp_function(&IRuntime::getErrorRecorder, kInternal),
                    keeping_setter("error_recorder", &IRuntime::setErrorRecorder))
      .def_property("gpu_allocator", nullptr,
                    py::cpp_function(keeping_setter("gpu_allocator", &IRuntime::setGpuAllocator)))
      .def("get_plugin_registry", &IRuntime::getPluginRegistry, kInternal)
      .def("load_runtime", &IRuntime::loadRuntime, py::arg("path"), py::keep_alive<0, 1>())
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](IRuntime&, const py::args&) {});
}

}  // namespace tenon::python
