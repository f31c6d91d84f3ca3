// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations that configure a build.
#include "enums.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<BuilderFlag> kBuilderFlag[] = {
    {"FP16", BuilderFlag::kFP16, "weakly typed networks may compute in kHALF"},
    {"INT8", BuilderFlag::kINT8, "weakly typed networks may compute in kINT8"},
    {"DEBUG", BuilderFlag::kDEBUG, "wait and check after each layer"},
    {"GPU_FALLBACK", BuilderFlag::kGPU_FALLBACK,
     "layers an accelerator cannot run go to the default device"},
    {"REFIT", BuilderFlag::kREFIT, "all weights may be replaced later"},
    {"DISABLE_TIMING_CACHE", BuilderFlag::kDISABLE_TIMING_CACHE, "measure everything anew"},
    {"TF32", BuilderFlag::kTF32, "products of kFLOAT may round inputs to 10 bits of mantissa; on"},
    {"SPARSE_WEIGHTS", BuilderFlag::kSPARSE_WEIGHTS, "use kernels for structured sparsity"},
    {"SAFETY_SCOPE", BuilderFlag::kSAFETY_SCOPE, "no effect; see EngineCapability::kSAFETY"},
    {"OBEY_PRECISION_CONSTRAINTS", BuilderFlag::kOBEY_PRECISION_CONSTRAINTS,
     "types set on layers must be kept"},
    {"PREFER_PRECISION_CONSTRAINTS", BuilderFlag::kPREFER_PRECISION_CONSTRAINTS,
     "types set on layers are kept where possible"},
    {"DIRECT_IO", BuilderFlag::kDIRECT_IO, "no reformats at the borders of the network"},
    {"REJECT_EMPTY_ALGORITHMS", BuilderFlag::kREJECT_EMPTY_ALGORITHMS,
     "fail when an algorithm selector selects nothing"},
    {"VERSION_COMPATIBLE", BuilderFlag::kVERSION_COMPATIBLE,
     "the engine loads with later versions; may carry plugin libraries"},
    {"EXCLUDE_LEAN_RUNTIME", BuilderFlag::kEXCLUDE_LEAN_RUNTIME,
     "without an embedded runtime; there never is one here"},
    {"FP8", BuilderFlag::kFP8, "weakly typed networks may compute in kFP8"},
    {"ERROR_ON_TIMING_CACHE_MISS", BuilderFlag::kERROR_ON_TIMING_CACHE_MISS,
     "fail instead of measuring what the timing cache lacks"},
    {"BF16", BuilderFlag::kBF16, "weakly typed networks may compute in kBF16"},
    {"DISABLE_COMPILATION_CACHE", BuilderFlag::kDISABLE_COMPILATION_CACHE,
     "compile everything anew"},
    {"STRIP_PLAN", BuilderFlag::kSTRIP_PLAN, "the engine file leaves refittable weights out"},
    {"WEIGHTLESS", BuilderFlag::kWEIGHTLESS, "another name"},
    {"REFIT_IDENTICAL", BuilderFlag::kREFIT_IDENTICAL,
     "weights will only be replaced by equal ones"},
    {"WEIGHT_STREAMING", BuilderFlag::kWEIGHT_STREAMING,
     "weights may stay in host memory; strongly typed networks only"},
    {"INT4", BuilderFlag::kINT4, "weakly typed networks may hold kINT4 weights"},
    {"REFIT_INDIVIDUAL", BuilderFlag::kREFIT_INDIVIDUAL,
     "weights marked by markWeightsRefittable may be replaced"},
    {"STRICT_NANS", BuilderFlag::kSTRICT_NANS, "no simplification may lose a NaN"},
    {"MONITOR_MEMORY", BuilderFlag::kMONITOR_MEMORY, "report memory while building"},
    {"FP4", BuilderFlag::kFP4, "weakly typed networks may hold kFP4"},
    {"EDITABLE_TIMING_CACHE", BuilderFlag::kEDITABLE_TIMING_CACHE,
     "the timing cache may be edited, and decides"},
    {"DISTRIBUTIVE_INDEPENDENCE", BuilderFlag::kDISTRIBUTIVE_INDEPENDENCE,
     "results of an index do not depend on extents of others"},
};

constexpr Entry<MemoryPoolType> kMemoryPoolType[] = {
    {"WORKSPACE", MemoryPoolType::kWORKSPACE,
     "scratch memory of a layer; without limit by default"},
    {"DLA_MANAGED_SRAM", MemoryPoolType::kDLA_MANAGED_SRAM},
    {"DLA_LOCAL_DRAM", MemoryPoolType::kDLA_LOCAL_DRAM},
    {"DLA_GLOBAL_DRAM", MemoryPoolType::kDLA_GLOBAL_DRAM},
    {"TACTIC_DRAM", MemoryPoolType::kTACTIC_DRAM, "device memory for measuring"},
    {"TACTIC_SHARED_MEMORY", MemoryPoolType::kTACTIC_SHARED_MEMORY, "shared memory of a kernel"},
};

constexpr Entry<PreviewFeature> kPreviewFeature[] = {
    {"PROFILE_SHARING_0806", PreviewFeature::kPROFILE_SHARING_0806, "always in effect"},
    {"ALIASED_PLUGIN_IO_10_03", PreviewFeature::kALIASED_PLUGIN_IO_10_03,
     "plugins may write over inputs"},
    {"RUNTIME_ACTIVATION_RESIZE_10_10", PreviewFeature::kRUNTIME_ACTIVATION_RESIZE_10_10,
     "IExecutionContext::updateDeviceMemorySizeForShapes"},
    {"MULTIDEVICE_RUNTIME_10_16", PreviewFeature::kMULTIDEVICE_RUNTIME_10_16,
     "layers over several ranks"},
};

constexpr Entry<TilingOptimizationLevel> kTilingOptimizationLevel[] = {
    {"NONE", TilingOptimizationLevel::kNONE},
    {"FAST", TilingOptimizationLevel::kFAST},
    {"MODERATE", TilingOptimizationLevel::kMODERATE},
    {"FULL", TilingOptimizationLevel::kFULL},
};

constexpr Entry<QuantizationFlag> kQuantizationFlag[] = {
    {"CALIBRATE_BEFORE_FUSION", QuantizationFlag::kCALIBRATE_BEFORE_FUSION,
     "find ranges before layers are joined"},
};

constexpr Entry<NetworkDefinitionCreationFlag> kNetworkDefinitionCreationFlag[] = {
    {"EXPLICIT_BATCH", NetworkDefinitionCreationFlag::kEXPLICIT_BATCH, "always so"},
    {"STRONGLY_TYPED", NetworkDefinitionCreationFlag::kSTRONGLY_TYPED,
     "types follow from inputs and layers alone"},
    {"PREFER_JIT_PYTHON_PLUGINS", NetworkDefinitionCreationFlag::kPREFER_JIT_PYTHON_PLUGINS,
     "quick plugins that offer both are called while running"},
    {"PREFER_AOT_PYTHON_PLUGINS", NetworkDefinitionCreationFlag::kPREFER_AOT_PYTHON_PLUGINS,
     "quick plugins that offer both are compiled into the engine"},
};

constexpr Entry<HardwareCompatibilityLevel> kHardwareCompatibilityLevel[] = {
    {"NONE", HardwareCompatibilityLevel::kNONE, "the machine it was built on and its like"},
    {"AMPERE_PLUS", HardwareCompatibilityLevel::kAMPERE_PLUS,
     "GPUs of compute capability 8.0 and later"},
    {"SAME_COMPUTE_CAPABILITY", HardwareCompatibilityLevel::kSAME_COMPUTE_CAPABILITY,
     "GPUs of the same compute capability"},
};

constexpr Entry<RuntimePlatform> kRuntimePlatform[] = {
    {"SAME_AS_BUILD", RuntimePlatform::kSAME_AS_BUILD},
    {"WINDOWS_AMD64", RuntimePlatform::kWINDOWS_AMD64},
};

constexpr Entry<TacticSource> kTacticSource[] = {
    {"CUBLAS", TacticSource::kCUBLAS},
    {"CUBLAS_LT", TacticSource::kCUBLAS_LT},
    {"CUDNN", TacticSource::kCUDNN},
    {"EDGE_MASK_CONVOLUTIONS", TacticSource::kEDGE_MASK_CONVOLUTIONS},
    {"JIT_CONVOLUTIONS", TacticSource::kJIT_CONVOLUTIONS},
};

constexpr Entry<CalibrationAlgoType> kCalibrationAlgoType[] = {
    {"LEGACY_CALIBRATION", CalibrationAlgoType::kLEGACY_CALIBRATION},
    {"ENTROPY_CALIBRATION", CalibrationAlgoType::kENTROPY_CALIBRATION},
    {"ENTROPY_CALIBRATION_2", CalibrationAlgoType::kENTROPY_CALIBRATION_2},
    {"MINMAX_CALIBRATION", CalibrationAlgoType::kMINMAX_CALIBRATION},
};

}  // namespace

void bind_builder_enums(py::module_& m) {
  add_enum<BuilderFlag>(m, "BuilderFlag", "Permissions and wishes for a build.", kBuilderFlag);
  add_enum<MemoryPoolType>(m, "MemoryPoolType", "Kinds of memory a build may be limited in.",
                           kMemoryPoolType);
  add_enum<PreviewFeature>(m, "PreviewFeature", "Features that may still change.", kPreviewFeature);
  add_enum<TilingOptimizationLevel>(m, "TilingOptimizationLevel",
                                    "How long tilings over several layers are searched for.",
                                    kTilingOptimizationLevel);
  add_enum<QuantizationFlag>(m, "QuantizationFlag", "Details of calibration.", kQuantizationFlag);
  add_enum<NetworkDefinitionCreationFlag>(m, "NetworkDefinitionCreationFlag",
                                          "How a network is made.", kNetworkDefinitionCreationFlag);
  add_enum<HardwareCompatibilityLevel>(m, "HardwareCompatibilityLevel",
                                       "How far an engine may travel.",
                                       kHardwareCompatibilityLevel);
  add_enum<RuntimePlatform>(m, "RuntimePlatform",
                            "Operating system and processor an engine will run on.",
                            kRuntimePlatform);
  add_enum<TacticSource>(m, "TacticSource", "Families of kernels that may be switched off.",
                         kTacticSource);
  add_enum<CalibrationAlgoType>(m, "CalibrationAlgoType", "How ranges are found from batches.",
                                kCalibrationAlgoType);
}

}  // namespace tenon::python
