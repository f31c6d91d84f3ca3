// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builders.
#include "call.h"
#include "lifetime.h"

namespace tenon::python {

namespace {

using nvinfer1::IBuilder;
using nvinfer1::IBuilderConfig;
using nvinfer1::INetworkDefinition;

IBuilder* make_builder(const py::object& logger) {
  keep_forever(logger);
  auto* builder = nvinfer1::createInferBuilder(logger.cast<nvinfer1::ILogger&>());
  if (builder == nullptr) throw std::runtime_error("the builder could not be made: see the log");
  return builder;
}

void add_building(py::class_<IBuilder>& bound) {
  bound
      .def(
          "build_serialized_network",
          [](IBuilder& self, INetworkDefinition& network, IBuilderConfig& config) {
            return released([&] { return self.buildSerializedNetwork(network, config); });
          },
          py::arg("network"), py::arg("config"),
          "Builds an engine; None where that fails. What a callback raised is raised here. Other "
          "Python threads run meanwhile.")
      .def(
          "build_serialized_network_to_stream",
          [](IBuilder& self, INetworkDefinition& network, IBuilderConfig& config,
             nvinfer1::IStreamWriter& writer) {
            return released(
                [&] { return self.buildSerializedNetworkToStream(network, config, writer); });
          },
          py::arg("network"), py::arg("config"), py::arg("writer"))
      .def(
          "build_engine_with_config",
          [](IBuilder& self, INetworkDefinition& network, IBuilderConfig& config) {
            return released([&] { return self.buildEngineWithConfig(network, config); });
          },
          py::arg("network"), py::arg("config"), py::keep_alive<0, 1>())
      .def(
          "is_network_supported",
          [](IBuilder& self, INetworkDefinition& network, IBuilderConfig& config) {
            return released([&] { return self.isNetworkSupported(network, config); });
          },
          py::arg("network"), py::arg("config"));
}

}  // namespace

void bind_builder(py::module_& m) {
  py::class_<IBuilder> bound(m, "Builder", py::dynamic_attr(), "Makes engines of networks.");
  add_building(bound);
  bound.def(py::init(&make_builder), py::arg("logger"))
      .def("create_network", &IBuilder::createNetworkV2, py::arg("flags") = 0U,
           py::keep_alive<0, 1>(),
           "Makes an empty network. flags: a mask of 1 << int(NetworkDefinitionCreationFlag).")
      .def("create_builder_config", &IBuilder::createBuilderConfig, py::keep_alive<0, 1>())
      .def("create_optimization_profile", &IBuilder::createOptimizationProfile, kInternal)
      .def("reset", &IBuilder::reset)
      .def("get_plugin_registry", &IBuilder::getPluginRegistry, kInternal)
      .def_property_readonly("platform_has_fast_fp16", &IBuilder::platformHasFastFp16)
      .def_property_readonly("platform_has_fast_int8", &IBuilder::platformHasFastInt8)
      .def_property_readonly("platform_has_tf32", &IBuilder::platformHasTf32)
      .def_property_readonly("max_DLA_batch_size", &IBuilder::getMaxDLABatchSize)
      .def_property_readonly("num_DLA_cores", &IBuilder::getNbDLACores)
      .def_property_readonly("logger", &IBuilder::getLogger, py::return_value_policy::reference)
      .def_property("max_threads", &IBuilder::getMaxThreads, &IBuilder::setMaxThreads)
      .def_property("error_recorder", py::cpp_function(&IBuilder::getErrorRecorder, kInternal),
                    keeping_setter("error_recorder", &IBuilder::setErrorRecorder))
      .def_property("gpu_allocator", nullptr,
                    py::cpp_function(keeping_setter("gpu_allocator", &IBuilder::setGpuAllocator)))
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](IBuilder&, const py::args&) {});
}

}  // namespace tenon::python
