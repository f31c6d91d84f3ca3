// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What engines and builder configurations say about machines and sources of kernels.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// How far an engine may travel.
enum class HardwareCompatibilityLevel : int32_t {
  kNONE = 0,                    ///< the machine it was built on and its like
  kAMPERE_PLUS = 1,             ///< GPUs of compute capability 8.0 and later
  kSAME_COMPUTE_CAPABILITY = 2  ///< GPUs of the same compute capability
};
namespace impl {
template <>
struct EnumMaxImpl<HardwareCompatibilityLevel> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Operating system and processor an engine will run on.
enum class RuntimePlatform : int32_t { kSAME_AS_BUILD = 0, kWINDOWS_AMD64 = 1 };
namespace impl {
template <>
struct EnumMaxImpl<RuntimePlatform> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// Families of kernels that may be switched off.
enum class TacticSource : int32_t {
  kCUBLAS TRT_DEPRECATED_ENUM = 0,
  kCUBLAS_LT TRT_DEPRECATED_ENUM = 1,
  kCUDNN TRT_DEPRECATED_ENUM = 2,
  kEDGE_MASK_CONVOLUTIONS = 3,
  kJIT_CONVOLUTIONS = 4,
};
namespace impl {
template <>
struct EnumMaxImpl<TacticSource> {
  static constexpr int32_t kVALUE = 5;
};
}  // namespace impl
/// Bit i set: TacticSource i may be used.
using TacticSources = uint32_t;

}  // namespace nvinfer1
