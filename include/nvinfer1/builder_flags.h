// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags and limits of a build.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// Bit i set: BuilderFlag i is set.
using BuilderFlags = uint32_t;

/// Permissions and wishes for a build. Off unless stated otherwise.
enum class BuilderFlag : int32_t {
  kFP16 TRT_DEPRECATED_ENUM = 0,  ///< weakly typed networks may compute in kHALF
  kINT8 TRT_DEPRECATED_ENUM = 1,  ///< weakly typed networks may compute in kINT8
  kDEBUG = 2,                     ///< wait and check after each layer
  kGPU_FALLBACK = 3,              ///< layers an accelerator cannot run go to the default device
  kREFIT = 4,                     ///< all weights may be replaced later
  kDISABLE_TIMING_CACHE = 5,      ///< measure everything anew
  kTF32 = 6,            ///< products of kFLOAT may round inputs to 10 bits of mantissa; on
  kSPARSE_WEIGHTS = 7,  ///< use kernels for structured sparsity
  kSAFETY_SCOPE TRT_DEPRECATED_ENUM = 8,  ///< no effect; see EngineCapability::kSAFETY
  kOBEY_PRECISION_CONSTRAINTS TRT_DEPRECATED_ENUM = 9,  ///< types set on layers must be kept
  kPREFER_PRECISION_CONSTRAINTS TRT_DEPRECATED_ENUM =
      10,                               ///< types set on layers are kept where possible
  kDIRECT_IO TRT_DEPRECATED_ENUM = 11,  ///< no reformats at the borders of the network
  kREJECT_EMPTY_ALGORITHMS TRT_DEPRECATED_ENUM =
      12,                      ///< fail when an algorithm selector selects nothing
  kVERSION_COMPATIBLE = 13,    ///< the engine loads with later versions; may carry plugin libraries
  kEXCLUDE_LEAN_RUNTIME = 14,  ///< without an embedded runtime; there never is one here
  kFP8 TRT_DEPRECATED_ENUM = 15,     ///< weakly typed networks may compute in kFP8
  kERROR_ON_TIMING_CACHE_MISS = 16,  ///< fail instead of measuring what the timing cache lacks
  kBF16 TRT_DEPRECATED_ENUM = 17,    ///< weakly typed networks may compute in kBF16
  kDISABLE_COMPILATION_CACHE = 18,   ///< compile everything anew
  kSTRIP_PLAN = 19,                  ///< the engine file leaves refittable weights out
  kWEIGHTLESS TRT_DEPRECATED_ENUM = kSTRIP_PLAN,  ///< another name
  kREFIT_IDENTICAL = 20,                          ///< weights will only be replaced by equal ones
  kWEIGHT_STREAMING = 21,  ///< weights may stay in host memory; strongly typed networks only
  kINT4 TRT_DEPRECATED_ENUM = 22,   ///< weakly typed networks may hold kINT4 weights
  kREFIT_INDIVIDUAL = 23,           ///< weights marked by markWeightsRefittable may be replaced
  kSTRICT_NANS = 24,                ///< no simplification may lose a NaN
  kMONITOR_MEMORY = 25,             ///< report memory while building
  kFP4 TRT_DEPRECATED_ENUM = 26,    ///< weakly typed networks may hold kFP4
  kEDITABLE_TIMING_CACHE = 27,      ///< the timing cache may be edited, and decides
  kDISTRIBUTIVE_INDEPENDENCE = 28,  ///< results of an index do not depend on extents of others
};
namespace impl {
template <>
struct EnumMaxImpl<BuilderFlag> {
  static constexpr int32_t kVALUE = 29;
};
}  // namespace impl

/// Kinds of memory a build may be limited in.
enum class MemoryPoolType : int32_t {
  kWORKSPACE = 0,  ///< scratch memory of a layer; without limit by default
  kDLA_MANAGED_SRAM = 1,
  kDLA_LOCAL_DRAM = 2,
  kDLA_GLOBAL_DRAM = 3,
  kTACTIC_DRAM = 4,           ///< device memory for measuring
  kTACTIC_SHARED_MEMORY = 5,  ///< shared memory of a kernel
};
namespace impl {
template <>
struct EnumMaxImpl<MemoryPoolType> {
  static constexpr int32_t kVALUE = 6;
};
}  // namespace impl

/// Features that may still change.
enum class PreviewFeature : int32_t {
  kPROFILE_SHARING_0806 TRT_DEPRECATED_ENUM = 0,  ///< always in effect
  kALIASED_PLUGIN_IO_10_03 = 1,                   ///< plugins may write over inputs
  kRUNTIME_ACTIVATION_RESIZE_10_10 = 2,  ///< IExecutionContext::updateDeviceMemorySizeForShapes
  kMULTIDEVICE_RUNTIME_10_16 = 3,        ///< layers over several ranks
};
namespace impl {
template <>
struct EnumMaxImpl<PreviewFeature> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

/// How long tilings over several layers are searched for.
enum class TilingOptimizationLevel : int32_t {
  kNONE = 0,
  kFAST = 1,
  kMODERATE = 2,
  kFULL = 3,
};
namespace impl {
template <>
struct EnumMaxImpl<TilingOptimizationLevel> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

/// Bit i set: QuantizationFlag i is set.
using QuantizationFlags = uint32_t;

/// Details of calibration.
enum class QuantizationFlag : int32_t {
  kCALIBRATE_BEFORE_FUSION TRT_DEPRECATED_ENUM = 0,  ///< find ranges before layers are joined
};
namespace impl {
template <>
struct EnumMaxImpl<QuantizationFlag> {
  static constexpr int32_t kVALUE = 1;
};
}  // namespace impl

/// Bit i set: NetworkDefinitionCreationFlag i is set.
using NetworkDefinitionCreationFlags = uint32_t;

/// How a network is made.
enum class NetworkDefinitionCreationFlag : int32_t {
  kEXPLICIT_BATCH TRT_DEPRECATED_ENUM = 0,  ///< always so
  kSTRONGLY_TYPED = 1,                      ///< types follow from inputs and layers alone
  kPREFER_JIT_PYTHON_PLUGINS = 2,  ///< quick plugins that offer both are called while running
  kPREFER_AOT_PYTHON_PLUGINS = 3,  ///< quick plugins that offer both are compiled into the engine
};
namespace impl {
template <>
struct EnumMaxImpl<NetworkDefinitionCreationFlag> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

}  // namespace nvinfer1
