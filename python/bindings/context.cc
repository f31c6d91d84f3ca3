// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Execution contexts. Addresses and streams are integers.
#include <string>
#include <vector>

#include "call.h"
#include "lifetime.h"

namespace tenon::python {

namespace {

using Context = nvinfer1::IExecutionContext;
using ContextClass = py::class_<Context>;

void* pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }
uintptr_t number(const void* address) { return reinterpret_cast<uintptr_t>(address); }
cudaStream_t stream_of(uintptr_t handle) { return reinterpret_cast<cudaStream_t>(handle); }

std::vector<std::string> infer_shapes(Context& self) {
  std::vector<const char*> names(static_cast<size_t>(self.getEngine().getNbIOTensors()));
  const int32_t missing = self.inferShapes(static_cast<int32_t>(names.size()), names.data());
  if (missing < 0) throw std::runtime_error("the shapes could not be inferred: see the log");
  return {names.begin(), names.begin() + missing};
}

bool set_output_allocator(const py::object& self, const char* name, const py::object& allocator) {
  auto* face = allocator.is_none() ? nullptr : allocator.cast<nvinfer1::IOutputAllocator*>();
  const bool done = self.cast<Context&>().setOutputAllocator(name, face);
  if (done) keep(self, (std::string("allocator_") + name).c_str(), allocator);
  return done;
}

bool set_debug_listener(const py::object& self, const py::object& listener) {
  auto* face = listener.is_none() ? nullptr : listener.cast<nvinfer1::IDebugListener*>();
  const bool done = self.cast<Context&>().setDebugListener(face);
  if (done) keep(self, "debug_listener", listener);
  return done;
}

bool set_storage_allocator(const py::object& self, const py::object& allocator) {
  auto* face = allocator.is_none() ? nullptr : allocator.cast<nvinfer1::IGpuAllocator*>();
  const bool done = self.cast<Context&>().setTemporaryStorageAllocator(face);
  if (done) keep(self, "storage_allocator", allocator);
  return done;
}

void add_running(ContextClass& bound) {
  bound
      .def(
          "execute_async_v3",
          [](Context& self, uintptr_t stream) {
            return released([&] { return self.enqueueV3(stream_of(stream)); });
          },
          py::arg("stream_handle"),
          "Runs the engine on a stream; False where that fails. What a plugin written in Python "
          "raised is raised here. Other Python threads run meanwhile.")
      .def(
          "execute_v2",
          [](Context& self, const std::vector<uintptr_t>& bindings) {
            std::vector<void*> addresses;
            for (const uintptr_t binding : bindings) addresses.push_back(pointer(binding));
            return released([&] { return self.executeV2(addresses.data()); });
          },
          py::arg("bindings"), "Runs the engine and waits; one address a tensor, in their order.")
      .def("report_to_profiler", &Context::reportToProfiler)
      .def(
          "set_aux_streams",
          [](Context& self, const std::vector<uintptr_t>& handles) {
            std::vector<cudaStream_t> streams;
            for (const uintptr_t handle : handles) streams.push_back(stream_of(handle));
            self.setAuxStreams(streams.data(), static_cast<int32_t>(streams.size()));
          },
          py::arg("aux_streams"))
      .def(
          "set_input_consumed_event",
          [](Context& self, uintptr_t event) {
            return self.setInputConsumedEvent(reinterpret_cast<cudaEvent_t>(event));
          },
          py::arg("event"))
      .def("get_input_consumed_event",
           [](Context& self) { return reinterpret_cast<uintptr_t>(self.getInputConsumedEvent()); });
}

void add_shapes(ContextClass& bound) {
  bound
      .def(
          "set_input_shape",
          [](Context& self, const char* name, const nvinfer1::Dims& shape) {
            return released([&] { return self.setInputShape(name, shape); });
          },
          py::arg("name"), py::arg("shape"))
      .def("get_tensor_shape", &Context::getTensorShape, py::arg("name"))
      .def("get_tensor_strides", &Context::getTensorStrides, py::arg("name"),
           "Distances in elements.")
      .def("infer_shapes", &infer_shapes, "Names of the inputs that still lack shape or values.")
      .def_property_readonly("all_binding_shapes_specified", &Context::allInputDimensionsSpecified)
      .def_property_readonly("all_shape_inputs_specified", &Context::allInputShapesSpecified)
      .def_property_readonly("active_optimization_profile", &Context::getOptimizationProfile)
      .def(
          "set_optimization_profile_async",
          [](Context& self, int32_t profile, uintptr_t stream) {
            return released(
                [&] { return self.setOptimizationProfileAsync(profile, stream_of(stream)); });
          },
          py::arg("profile_index"), py::arg("stream_handle"))
      .def("update_device_memory_size_for_shapes", &Context::updateDeviceMemorySizeForShapes);
}

void add_addresses(ContextClass& bound) {
  bound
      .def(
          "set_tensor_address",
          [](Context& self, const char* name, uintptr_t address) {
            return self.setTensorAddress(name, pointer(address));
          },
          py::arg("name"), py::arg("memory"),
          "Says where a tensor lies. The memory stays the caller's and lives until the run ends.")
      .def(
          "get_tensor_address",
          [](Context& self, const char* name) { return number(self.getTensorAddress(name)); },
          py::arg("name"))
      .def(
          "set_output_tensor_address",
          [](Context& self, const char* name, uintptr_t address) {
            return self.setOutputTensorAddress(name, pointer(address));
          },
          py::arg("name"), py::arg("memory"))
      .def(
          "get_output_tensor_address",
          [](Context& self, const char* name) { return number(self.getOutputTensorAddress(name)); },
          py::arg("name"))
      .def("set_output_allocator", &set_output_allocator, py::arg("name"),
           py::arg("output_allocator"))
      .def("get_output_allocator", &Context::getOutputAllocator, py::arg("name"), kInternal)
      .def("get_max_output_size", &Context::getMaxOutputSize, py::arg("name"), "In bytes.")
      .def(
          "set_device_memory",
          [](Context& self, uintptr_t memory, int64_t size) {
            self.setDeviceMemoryV2(pointer(memory), size);
          },
          py::arg("memory"), py::arg("size"))
      .def_property("device_memory", nullptr,
                    [](Context& self, uintptr_t memory) { self.setDeviceMemory(pointer(memory)); });
}

void add_debugging(ContextClass& bound) {
  bound.def_property("debug_sync", &Context::getDebugSync, &Context::setDebugSync)
      .def("set_debug_listener", &set_debug_listener, py::arg("listener"))
      .def("get_debug_listener", &Context::getDebugListener, kInternal)
      .def("set_tensor_debug_state", &Context::setTensorDebugState, py::arg("name"),
           py::arg("flag"))
      .def("set_all_tensors_debug_state", &Context::setAllTensorsDebugState, py::arg("flag"))
      .def("get_debug_state", &Context::getDebugState, py::arg("name"))
      .def_property("unfused_tensors_debug_state", &Context::getUnfusedTensorsDebugState,
                    &Context::setUnfusedTensorsDebugState)
      .def_property("profiler", py::cpp_function(&Context::getProfiler, kInternal),
                    keeping_setter("profiler", &Context::setProfiler))
      .def_property("enqueue_emits_profile", &Context::getEnqueueEmitsProfile,
                    &Context::setEnqueueEmitsProfile)
      .def_property("nvtx_verbosity", &Context::getNvtxVerbosity, &Context::setNvtxVerbosity)
      .def_property("error_recorder", py::cpp_function(&Context::getErrorRecorder, kInternal),
                    keeping_setter("error_recorder", &Context::setErrorRecorder));
}

}  // namespace

void bind_context(py::module_& m) {
  ContextClass bound(m, "IExecutionContext", py::dynamic_attr(),
                     "Runs an engine, which it keeps alive. One thread at a time.");
  add_running(bound);
  add_shapes(bound);
  add_addresses(bound);
  add_debugging(bound);
  bound.def_property("name", &Context::getName, &Context::setName)
      .def_property_readonly("engine", &Context::getEngine, kInternal)
      .def_property("persistent_cache_limit", &Context::getPersistentCacheLimit,
                    &Context::setPersistentCacheLimit)
      .def_property("temporary_allocator",
                    py::cpp_function(&Context::getTemporaryStorageAllocator, kInternal),
                    &set_storage_allocator)
      .def("get_runtime_config", &Context::getRuntimeConfig, py::keep_alive<0, 1>())
      .def(
          "set_communicator",
          [](Context& self, uintptr_t handle) { return self.setCommunicator(pointer(handle)); },
          py::arg("communicator"))
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](Context&, const py::args&) {});
}

}  // namespace tenon::python
