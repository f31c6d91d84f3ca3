// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines.
#include <string>
#include <vector>

#include "call.h"
#include "lifetime.h"

namespace tenon::python {

namespace {

using Engine = nvinfer1::ICudaEngine;
using EngineClass = py::class_<Engine>;
using nvinfer1::Dims;
using nvinfer1::OptProfileSelector;
using Context = nvinfer1::IExecutionContext;

constexpr OptProfileSelector kEngineBounds[] = {OptProfileSelector::kMIN, OptProfileSelector::kOPT,
                                                OptProfileSelector::kMAX};

std::vector<Dims> profile_shape(const Engine& self, const char* name, int32_t profile) {
  std::vector<Dims> result;
  for (const OptProfileSelector bound : kEngineBounds) {
    result.push_back(self.getProfileShape(name, profile, bound));
  }
  return result;
}

std::vector<std::vector<int64_t>> profile_values(const Engine& self, int32_t profile,
                                                 const char* name) {
  const Dims shape = self.getTensorShape(name);
  int64_t count = 1;
  for (int32_t i = 0; i < shape.nbDims; ++i) count *= shape.d[i];
  std::vector<std::vector<int64_t>> result;
  for (const OptProfileSelector bound : kEngineBounds) {
    const int64_t* first = self.getProfileTensorValuesV2(name, profile, bound);
    if (first != nullptr) result.emplace_back(first, first + count);
  }
  return result;
}

/// Adds both forms of a question about a tensor: for the first profile, and for a given one.
template <class Answer>
void add_by_profile(EngineClass& bound, const char* name,
                    Answer (Engine::*first)(const char*) const noexcept,
                    Answer (Engine::*given)(const char*, int32_t) const noexcept) {
  bound.def(name, first, py::arg("name"))
      .def(name, given, py::arg("name"), py::arg("profile_index"));
}

void add_tensors(EngineClass& bound) {
  bound.def_property_readonly("num_io_tensors", &Engine::getNbIOTensors)
      .def("get_tensor_name", &Engine::getIOTensorName, py::arg("index"))
      .def("__len__", &Engine::getNbIOTensors)
      .def("__getitem__",
           [](const Engine& self, int32_t index) {
             if (index < 0 || index >= self.getNbIOTensors()) throw py::index_error();
             return self.getIOTensorName(index);
           })
      .def("get_tensor_shape", &Engine::getTensorShape, py::arg("name"))
      .def("get_tensor_dtype", &Engine::getTensorDataType, py::arg("name"))
      .def("get_tensor_mode", &Engine::getTensorIOMode, py::arg("name"))
      .def("get_tensor_location", &Engine::getTensorLocation, py::arg("name"))
      .def("get_aliased_input_tensor", &Engine::getAliasedInputTensor, py::arg("name"))
      .def("is_shape_inference_io", &Engine::isShapeInferenceIO, py::arg("name"))
      .def("is_debug_tensor", &Engine::isDebugTensor, py::arg("name"))
      .def("get_tensor_profile_shape", &profile_shape, py::arg("name"), py::arg("profile_index"),
           "[min, opt, max] of an input.")
      .def("get_tensor_profile_values", &profile_values, py::arg("profile_index"), py::arg("name"))
      .def(
          "get_tensor_profile_values",
          [](const Engine& self, const char* name, int32_t profile) {
            return profile_values(self, profile, name);
          },
          py::arg("name"), py::arg("profile_index"));
  add_by_profile<int32_t>(bound, "get_tensor_bytes_per_component",
                          &Engine::getTensorBytesPerComponent, &Engine::getTensorBytesPerComponent);
  add_by_profile<int32_t>(bound, "get_tensor_components_per_element",
                          &Engine::getTensorComponentsPerElement,
                          &Engine::getTensorComponentsPerElement);
  add_by_profile<nvinfer1::TensorFormat>(bound, "get_tensor_format", &Engine::getTensorFormat,
                                         &Engine::getTensorFormat);
  add_by_profile<const char*>(bound, "get_tensor_format_desc", &Engine::getTensorFormatDesc,
                              &Engine::getTensorFormatDesc);
  add_by_profile<int32_t>(bound, "get_tensor_vectorized_dim", &Engine::getTensorVectorizedDim,
                          &Engine::getTensorVectorizedDim);
}

void add_contexts(EngineClass& bound) {
  using Strategy = nvinfer1::ExecutionContextAllocationStrategy;
  bound
      .def(
          "create_execution_context",
          [](Engine& self, Strategy strategy) {
            return released([&] { return self.createExecutionContext(strategy); });
          },
          py::arg("strategy") = Strategy::kSTATIC, py::keep_alive<0, 1>(),
          "Makes what runs the engine; None where that fails.")
      .def(
          "create_execution_context",
          [](Engine& self, nvinfer1::IRuntimeConfig& config) {
            return released([&] { return self.createExecutionContext(&config); });
          },
          py::arg("runtime_config"), py::keep_alive<0, 1>())
      .def(
          "create_execution_context_without_device_memory",
          [](Engine& self) {
            return released([&] { return self.createExecutionContextWithoutDeviceMemory(); });
          },
          py::keep_alive<0, 1>())
      .def("create_runtime_config", &Engine::createRuntimeConfig, py::keep_alive<0, 1>())
      .def("create_engine_inspector", &Engine::createEngineInspector, py::keep_alive<0, 1>())
      .def("create_serialization_config", &Engine::createSerializationConfig,
           py::keep_alive<0, 1>())
      .def("serialize", [](Engine& self) { return released([&] { return self.serialize(); }); })
      .def(
          "serialize_with_config",
          [](Engine& self, nvinfer1::ISerializationConfig& config) {
            return released([&] { return self.serializeWithConfig(config); });
          },
          py::arg("config"));
}

void add_figures(EngineClass& bound) {
  bound.def_property_readonly("name", &Engine::getName)
      .def_property_readonly("num_layers", &Engine::getNbLayers)
      .def_property_readonly("num_optimization_profiles", &Engine::getNbOptimizationProfiles)
      .def_property_readonly("num_aux_streams", &Engine::getNbAuxStreams)
      .def_property_readonly("refittable", &Engine::isRefittable)
      .def_property_readonly("has_implicit_batch_dimension", &Engine::hasImplicitBatchDimension)
      .def_property_readonly("engine_capability", &Engine::getEngineCapability)
      .def_property_readonly("tactic_sources", &Engine::getTacticSources)
      .def_property_readonly("profiling_verbosity", &Engine::getProfilingVerbosity)
      .def_property_readonly("hardware_compatibility_level", &Engine::getHardwareCompatibilityLevel)
      .def_property_readonly("device_memory_size", &Engine::getDeviceMemorySize)
      .def_property_readonly("device_memory_size_v2", &Engine::getDeviceMemorySizeV2)
      .def("get_device_memory_size_for_profile", &Engine::getDeviceMemorySizeForProfile,
           py::arg("profile_index"))
      .def("get_device_memory_size_for_profile_v2", &Engine::getDeviceMemorySizeForProfileV2,
           py::arg("profile_index"))
      .def("get_engine_stat", &Engine::getEngineStat, py::arg("stat"))
      .def_property_readonly("streamable_weights_size", &Engine::getStreamableWeightsSize)
      .def_property_readonly("minimum_weight_streaming_budget",
                             &Engine::getMinimumWeightStreamingBudget)
      .def_property("weight_streaming_budget", &Engine::getWeightStreamingBudget,
                    &Engine::setWeightStreamingBudget)
      .def_property("weight_streaming_budget_v2", &Engine::getWeightStreamingBudgetV2,
                    &Engine::setWeightStreamingBudgetV2)
      .def("get_weight_streaming_automatic_budget", &Engine::getWeightStreamingAutomaticBudget)
      .def_property_readonly("weight_streaming_scratch_memory_size",
                             &Engine::getWeightStreamingScratchMemorySize)
      .def_property("error_recorder", py::cpp_function(&Engine::getErrorRecorder, kInternal),
                    keeping_setter("error_recorder", &Engine::setErrorRecorder));
}

}  // namespace

void bind_engine(py::module_& m) {
  EngineClass bound(m, "ICudaEngine", py::dynamic_attr(),
                    "A built network. May be used from several threads at once; each needs a "
                    "context of its own.");
  add_tensors(bound);
  add_contexts(bound);
  add_figures(bound);
  bound.def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](Engine&, const py::args&) {});

  using nvinfer1::IRuntimeConfig;
  using nvinfer1::ISerializationConfig;
  py::class_<IRuntimeConfig>(m, "IRuntimeConfig", "How contexts are made.")
      .def("set_execution_context_allocation_strategy",
           &IRuntimeConfig::setExecutionContextAllocationStrategy, py::arg("strategy"))
      .def("get_execution_context_allocation_strategy",
           &IRuntimeConfig::getExecutionContextAllocationStrategy);
  py::class_<ISerializationConfig>(m, "ISerializationConfig", "What an engine file contains.")
      .def_property("flags", &ISerializationConfig::getFlags, &ISerializationConfig::setFlags)
      .def("set_flag", &ISerializationConfig::setFlag, py::arg("flag"))
      .def("clear_flag", &ISerializationConfig::clearFlag, py::arg("flag"))
      .def("get_flag", &ISerializationConfig::getFlag, py::arg("flag"));
}

}  // namespace tenon::python
