// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How to build.
#include <string>
#include <vector>

#include "call.h"
#include "lifetime.h"
#include "tenon/device.h"

namespace tenon::python {

namespace {

using Config = nvinfer1::IBuilderConfig;
using ConfigClass = py::class_<Config>;
using nvinfer1::DeviceType;
using nvinfer1::ILayer;

void add_flags(ConfigClass& bound) {
  bound.def_property("flags", &Config::getFlags, &Config::setFlags)
      .def("set_flag", &Config::setFlag, py::arg("flag"))
      .def("clear_flag", &Config::clearFlag, py::arg("flag"))
      .def("get_flag", &Config::getFlag, py::arg("flag"))
      .def_property("quantization_flags", &Config::getQuantizationFlags,
                    &Config::setQuantizationFlags)
      .def("set_quantization_flag", &Config::setQuantizationFlag, py::arg("flag"))
      .def("clear_quantization_flag", &Config::clearQuantizationFlag, py::arg("flag"))
      .def("get_quantization_flag", &Config::getQuantizationFlag, py::arg("flag"))
      .def("set_preview_feature", &Config::setPreviewFeature, py::arg("feature"), py::arg("enable"))
      .def("get_preview_feature", &Config::getPreviewFeature, py::arg("feature"))
      .def("set_tactic_sources", &Config::setTacticSources, py::arg("tactic_sources"))
      .def("get_tactic_sources", &Config::getTacticSources);
}

void add_devices(ConfigClass& bound) {
  bound
      .def_property("default_device_type", &Config::getDefaultDeviceType,
                    &Config::setDefaultDeviceType)
      .def_property("DLA_core", &Config::getDLACore, &Config::setDLACore)
      .def(
          "set_device_type",
          [](Config& self, ILayer* layer, DeviceType type) { self.setDeviceType(layer, type); },
          py::arg("layer"), py::arg("device_type"))
      .def("get_device_type", &Config::getDeviceType, py::arg("layer"))
      .def("is_device_type_set", &Config::isDeviceTypeSet, py::arg("layer"))
      .def("reset_device_type", &Config::resetDeviceType, py::arg("layer"))
      .def("can_run_on_DLA", &Config::canRunOnDLA, py::arg("layer"))
      .def(
          "set_engine_device",
          [](Config& self, const char* device) {
            if (!set_engine_device(self, device)) {
              throw py::value_error("there is no device '" + std::string(device) + "' here");
            }
          },
          py::arg("device"), "\"cpu\" or \"cuda[:N]\": where the engine will run.");
}

void add_numbers(ConfigClass& bound) {
  bound
      .def_property("avg_timing_iterations", &Config::getAvgTimingIterations,
                    &Config::setAvgTimingIterations)
      .def_property("engine_capability", &Config::getEngineCapability, &Config::setEngineCapability)
      .def_property("profiling_verbosity", &Config::getProfilingVerbosity,
                    &Config::setProfilingVerbosity)
      .def_property("builder_optimization_level", &Config::getBuilderOptimizationLevel,
                    &Config::setBuilderOptimizationLevel)
      .def_property("hardware_compatibility_level", &Config::getHardwareCompatibilityLevel,
                    &Config::setHardwareCompatibilityLevel)
      .def_property("max_aux_streams", &Config::getMaxAuxStreams, &Config::setMaxAuxStreams)
      .def_property("max_num_tactics", &Config::getMaxNbTactics, &Config::setMaxNbTactics)
      .def_property("runtime_platform", &Config::getRuntimePlatform, &Config::setRuntimePlatform)
      .def_property("tiling_optimization_level", &Config::getTilingOptimizationLevel,
                    &Config::setTilingOptimizationLevel)
      .def_property("l2_limit_for_tiling", &Config::getL2LimitForTiling,
                    &Config::setL2LimitForTiling)
      .def_property("remote_auto_tuning_config", &Config::getRemoteAutoTuningConfig,
                    &Config::setRemoteAutoTuningConfig)
      .def_property("build_route", &Config::getBuildRoute, &Config::setBuildRoute)
      .def_property_readonly("all_build_routes", &Config::getAllBuildRoutes)
      .def_property(
          "profile_stream",
          [](Config& self) { return reinterpret_cast<uintptr_t>(self.getProfileStream()); },
          [](Config& self, uintptr_t stream) {
            self.setProfileStream(reinterpret_cast<cudaStream_t>(stream));
          })
      .def("set_memory_pool_limit", &Config::setMemoryPoolLimit, py::arg("pool"),
           py::arg("pool_size"), "Limits a kind of memory, in bytes.")
      .def("get_memory_pool_limit", &Config::getMemoryPoolLimit, py::arg("pool"));
}

void add_objects(ConfigClass& bound) {
  bound
      .def_property("progress_monitor", py::cpp_function(&Config::getProgressMonitor, kInternal),
                    keeping_setter("progress_monitor", &Config::setProgressMonitor))
      .def_property("int8_calibrator", kept_getter("int8_calibrator", &Config::getInt8Calibrator),
                    keeping_setter("int8_calibrator", &Config::setInt8Calibrator))
      .def_property("algorithm_selector",
                    py::cpp_function(&Config::getAlgorithmSelector, kInternal),
                    keeping_setter("algorithm_selector", &Config::setAlgorithmSelector))
      .def_property_readonly("num_optimization_profiles", &Config::getNbOptimizationProfiles)
      .def("add_optimization_profile", &Config::addOptimizationProfile, py::arg("profile"))
      .def("set_calibration_profile", &Config::setCalibrationProfile, py::arg("profile"))
      .def("get_calibration_profile", &Config::getCalibrationProfile, kInternal)
      .def(
          "create_timing_cache",
          [](const Config& self, const py::buffer& content) {
            const py::buffer_info bytes = content.request();
            return self.createTimingCache(bytes.ptr,
                                          static_cast<size_t>(bytes.size * bytes.itemsize));
          },
          py::arg("serialized_timing_cache"))
      .def("set_timing_cache", &Config::setTimingCache, py::arg("cache"),
           py::arg("ignore_mismatch"), py::keep_alive<1, 2>())
      .def("get_timing_cache", &Config::getTimingCache, kInternal)
      .def_property(
          "plugins_to_serialize",
          [](Config& self) {
            std::vector<std::string> paths;
            for (int32_t i = 0; i < self.getNbPluginsToSerialize(); ++i) {
              paths.emplace_back(self.getPluginToSerialize(i));
            }
            return paths;
          },
          [](Config& self, const std::vector<std::string>& paths) {
            std::vector<const char*> table;
            for (const std::string& path : paths) table.push_back(path.c_str());
            self.setPluginsToSerialize(table.data(), static_cast<int32_t>(table.size()));
          });
}

}  // namespace

void bind_builder_config(py::module_& m) {
  ConfigClass bound(m, "IBuilderConfig", py::dynamic_attr(),
                    "What a build may do. Made by Builder.create_builder_config.");
  add_flags(bound);
  add_devices(bound);
  add_numbers(bound);
  add_objects(bound);
  bound.def("reset", &Config::reset)
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](Config&, const py::args&) {});
}

}  // namespace tenon::python
