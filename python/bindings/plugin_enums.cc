// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations of plugins.
#include "enums.h"
#include "impl/NvInferPythonPlugin.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<TensorRTPhase> kTensorRTPhase[] = {
    {"BUILD", TensorRTPhase::kBUILD,
     "a network is being made; fields come from the application or the parser"},
    {"RUNTIME", TensorRTPhase::kRUNTIME,
     "an engine is being loaded; fields are those the plugin once serialized"},
};

constexpr Entry<PluginCapabilityType> kPluginCapabilityType[] = {
    {"CORE", PluginCapabilityType::kCORE, "name, version, namespace"},
    {"BUILD", PluginCapabilityType::kBUILD,
     "types, shapes, formats, tactics; may be absent at run time"},
    {"RUNTIME", PluginCapabilityType::kRUNTIME, "execution and serialization"},
};

constexpr Entry<PluginFieldType> kPluginFieldType[] = {
    {"FLOAT16", PluginFieldType::kFLOAT16},
    {"FLOAT32", PluginFieldType::kFLOAT32},
    {"FLOAT64", PluginFieldType::kFLOAT64},
    {"INT8", PluginFieldType::kINT8},
    {"INT16", PluginFieldType::kINT16},
    {"INT32", PluginFieldType::kINT32},
    {"CHAR", PluginFieldType::kCHAR, "text; the length counts bytes and the NUL is optional"},
    {"DIMS", PluginFieldType::kDIMS, "nvinfer1::Dims"},
    {"UNKNOWN", PluginFieldType::kUNKNOWN, "raw bytes; the length counts bytes"},
    {"BF16", PluginFieldType::kBF16},
    {"INT64", PluginFieldType::kINT64},
    {"FP8", PluginFieldType::kFP8},
    {"INT4", PluginFieldType::kINT4},
    {"FP4", PluginFieldType::kFP4},
};

constexpr Entry<DimensionOperation> kDimensionOperation[] = {
    {"SUM", DimensionOperation::kSUM},           {"PROD", DimensionOperation::kPROD},
    {"MAX", DimensionOperation::kMAX},           {"MIN", DimensionOperation::kMIN},
    {"SUB", DimensionOperation::kSUB},           {"EQUAL", DimensionOperation::kEQUAL},
    {"LESS", DimensionOperation::kLESS},         {"FLOOR_DIV", DimensionOperation::kFLOOR_DIV},
    {"CEIL_DIV", DimensionOperation::kCEIL_DIV},
};

constexpr Entry<PluginArgType> kPluginArgType[] = {
    {"INT", PluginArgType::kINT},
};

constexpr Entry<PluginArgDataType> kPluginArgDataType[] = {
    {"INT8", PluginArgDataType::kINT8},
    {"INT16", PluginArgDataType::kINT16},
    {"INT32", PluginArgDataType::kINT32},
};

constexpr Entry<QuickPluginCreationRequest> kQuickPluginCreationRequest[] = {
    {"UNKNOWN", QuickPluginCreationRequest::kUNKNOWN, "whichever there is"},
    {"PREFER_JIT", QuickPluginCreationRequest::kPREFER_JIT, "JIT where there are both"},
    {"PREFER_AOT", QuickPluginCreationRequest::kPREFER_AOT, "AOT where there are both"},
    {"STRICT_JIT", QuickPluginCreationRequest::kSTRICT_JIT},
    {"STRICT_AOT", QuickPluginCreationRequest::kSTRICT_AOT},
};

constexpr Entry<PluginCreatorVersion> kPluginCreatorVersion[] = {
    {"V1", PluginCreatorVersion::kV1},
    {"V1_PYTHON", PluginCreatorVersion::kV1_PYTHON},
};

}  // namespace

void bind_plugin_enums(py::module_& m) {
  add_enum<TensorRTPhase>(m, "TensorRTPhase", "What a creator is asked to make a plugin for.",
                          kTensorRTPhase);
  add_enum<PluginCapabilityType>(m, "PluginCapabilityType", "The three faces of a plugin.",
                                 kPluginCapabilityType);
  add_enum<PluginFieldType>(m, "PluginFieldType", "Element type of a PluginField.",
                            kPluginFieldType);
  add_enum<DimensionOperation>(m, "DimensionOperation", "Operations on extents.",
                               kDimensionOperation);
  add_enum<PluginArgType>(m, "PluginArgType", "What an argument of a kernel is.", kPluginArgType);
  add_enum<PluginArgDataType>(m, "PluginArgDataType", "Width of an argument.", kPluginArgDataType);
  add_enum<QuickPluginCreationRequest>(m, "QuickPluginCreationRequest",
                                       "Which form of a quick plugin is wanted: called while "
                                       "running (JIT), or compiled into the engine (AOT).",
                                       kQuickPluginCreationRequest);
  add_enum<PluginCreatorVersion>(m, "PluginCreatorVersion", "Families of creators of version 1.",
                                 kPluginCreatorVersion);
}

}  // namespace tenon::python
