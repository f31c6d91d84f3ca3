// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations of engines and what runs them.
#include "enums.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<EngineStat> kEngineStat[] = {
    {"TOTAL_WEIGHTS_SIZE", EngineStat::kTOTAL_WEIGHTS_SIZE},
    {"STRIPPED_WEIGHTS_SIZE", EngineStat::kSTRIPPED_WEIGHTS_SIZE},
};

constexpr Entry<TempfileControlFlag> kTempfileControlFlag[] = {
    {"ALLOW_IN_MEMORY_FILES", TempfileControlFlag::kALLOW_IN_MEMORY_FILES},
    {"ALLOW_TEMPORARY_FILES", TempfileControlFlag::kALLOW_TEMPORARY_FILES},
};

constexpr Entry<SerializationFlag> kSerializationFlag[] = {
    {"EXCLUDE_WEIGHTS", SerializationFlag::kEXCLUDE_WEIGHTS,
     "without the weights that can be refitted"},
    {"EXCLUDE_LEAN_RUNTIME", SerializationFlag::kEXCLUDE_LEAN_RUNTIME,
     "without an embedded runtime; there never is one here"},
    {"INCLUDE_REFIT", SerializationFlag::kINCLUDE_REFIT,
     "what excluded weights were is refittable again"},
};

constexpr Entry<ExecutionContextAllocationStrategy> kExecutionContextAllocationStrategy[] = {
    {"STATIC", ExecutionContextAllocationStrategy::kSTATIC,
     "the context, once, for the largest profile"},
    {"ON_PROFILE_CHANGE", ExecutionContextAllocationStrategy::kON_PROFILE_CHANGE,
     "the context, for the profile in use"},
    {"USER_MANAGED", ExecutionContextAllocationStrategy::kUSER_MANAGED,
     "the user, with IExecutionContext::setDeviceMemoryV2"},
};

constexpr Entry<ProfilingVerbosity> kProfilingVerbosity[] = {
    {"LAYER_NAMES_ONLY", ProfilingVerbosity::kLAYER_NAMES_ONLY},
    {"NONE", ProfilingVerbosity::kNONE},
    {"DETAILED", ProfilingVerbosity::kDETAILED},
};

constexpr Entry<LayerInformationFormat> kLayerInformationFormat[] = {
    {"ONELINE", LayerInformationFormat::kONELINE, "text for people"},
    {"JSON", LayerInformationFormat::kJSON},
};

constexpr Entry<OptProfileSelector> kOptProfileSelector[] = {
    {"MIN", OptProfileSelector::kMIN},
    {"OPT", OptProfileSelector::kOPT, "what the tuner times"},
    {"MAX", OptProfileSelector::kMAX},
};

}  // namespace

void bind_runtime_enums(py::module_& m) {
  add_enum<EngineStat>(m, "EngineStat", "Figures about an engine, in bytes.", kEngineStat);
  add_enum<TempfileControlFlag>(m, "TempfileControlFlag",
                                "Where generated code may be kept while it is loaded.",
                                kTempfileControlFlag);
  add_enum<SerializationFlag>(m, "SerializationFlag",
                              "What an engine file may leave out, or must bring.",
                              kSerializationFlag);
  add_enum<ExecutionContextAllocationStrategy>(
      m, "ExecutionContextAllocationStrategy",
      "Who supplies the memory in which an execution context keeps activations.",
      kExecutionContextAllocationStrategy);
  add_enum<ProfilingVerbosity>(m, "ProfilingVerbosity", "How much an engine says about its layers.",
                               kProfilingVerbosity);
  add_enum<LayerInformationFormat>(m, "LayerInformationFormat", "How layer information is written.",
                                   kLayerInformationFormat);
  add_enum<OptProfileSelector>(m, "OptProfileSelector", "Which bound of a range.",
                               kOptProfileSelector);
}

}  // namespace tenon::python
