// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Scalar types and small enumerations that everything else uses.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nvinfer1/macros.h"

namespace nvinfer1 {

/// Character of every string in the interface: ASCII, NUL-terminated unless a length stands beside.
using char_t = char;
using AsciiChar = char_t;

namespace impl {
/// Holds the number of enumerators of T as `kVALUE`; specialised beside each enumeration.
template <typename T>
struct EnumMaxImpl;
}  // namespace impl

/// One more than the largest enumerator of T.
template <typename T>
constexpr int32_t EnumMax() noexcept {
  return impl::EnumMaxImpl<T>::kVALUE;
}

/// Element type of tensors and weights.
enum class DataType : int32_t {
  kFLOAT = 0,  ///< IEEE binary32
  kHALF = 1,   ///< IEEE binary16
  kINT8 = 2,   ///< signed, usually quantized
  kINT32 = 3,  ///< signed
  kBOOL = 4,   ///< one byte, 0 or 1
  kUINT8 = 5,  ///< unsigned, at the borders of a network
  kFP8 = 6,    ///< 1 sign, 4 exponent, 3 mantissa bits
  kBF16 = 7,   ///< upper half of a binary32
  kINT64 = 8,  ///< signed
  kINT4 = 9,   ///< signed, two to a byte, the first in the low bits
  kFP4 = 10,   ///< 1 sign, 2 exponent, 1 mantissa bit, two to a byte
  kE8M0 = 11,  ///< exponent only: a power of two, used as block scale
};
namespace impl {
template <>
struct EnumMaxImpl<DataType> {
  static constexpr int32_t kVALUE = 12;
};
}  // namespace impl

/// The language an object of the interface is implemented in.
enum class APILanguage : int32_t { kCPP = 0, kPYTHON = 1 };
namespace impl {
template <>
struct EnumMaxImpl<APILanguage> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// What went wrong, as error recorders and the safe runtime report it.
enum class ErrorCode : int32_t {
  kSUCCESS = 0,
  kUNSPECIFIED_ERROR = 1,
  kINTERNAL_ERROR = 2,    ///< a defect of the library
  kINVALID_ARGUMENT = 3,  ///< the caller passed something unusable
  kINVALID_CONFIG = 4,    ///< arguments do not fit each other or the state of a registry
  kFAILED_ALLOCATION = 5,
  kFAILED_INITIALIZATION = 6,  ///< a device or library could not be opened
  kFAILED_EXECUTION = 7,       ///< a step, or a plugin's enqueue, failed
  kFAILED_COMPUTATION = 8,     ///< numbers left the permitted range
  kINVALID_STATE = 9,          ///< calls in the wrong order
  kUNSUPPORTED_STATE = 10,     ///< understood, but not available here
};
namespace impl {
template <>
struct EnumMaxImpl<ErrorCode> {
  static constexpr int32_t kVALUE = 11;
};
}  // namespace impl

/// Which side of an engine a tensor belongs to. kNONE: not an input or output of it.
enum class TensorIOMode : int32_t { kNONE = 0, kINPUT = 1, kOUTPUT = 2 };
namespace impl {
template <>
struct EnumMaxImpl<TensorIOMode> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Where a tensor's memory lies. On CPU engines kDEVICE memory is host memory too.
enum class TensorLocation : int32_t { kDEVICE = 0, kHOST = 1 };
namespace impl {
template <>
struct EnumMaxImpl<TensorLocation> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// What kind of deployment an engine is built for.
enum class EngineCapability : int32_t {
  kSTANDARD = 0,        ///< loaded by IRuntime
  kSAFETY = 1,          ///< static shapes, loaded by nvinfer2::safe::createTRTGraph only
  kDLA_STANDALONE = 2,  ///< a loadable for a deep learning accelerator; no such device exists here
};
namespace impl {
template <>
struct EnumMaxImpl<EngineCapability> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// Processor a layer runs on.
enum class DeviceType : int32_t { kGPU = 0, kDLA = 1 };
namespace impl {
template <>
struct EnumMaxImpl<DeviceType> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

}  // namespace nvinfer1

/// Version of the library that is linked, as NV_TENSORRT_VERSION writes it; compare it with the
/// header's NV_TENSORRT_VERSION to detect a mismatch.
extern "C" TENSORRTAPI int32_t getInferLibVersion() noexcept;
extern "C" TENSORRTAPI int32_t getInferLibMajorVersion() noexcept;
extern "C" TENSORRTAPI int32_t getInferLibMinorVersion() noexcept;
extern "C" TENSORRTAPI int32_t getInferLibPatchVersion() noexcept;
extern "C" TENSORRTAPI int32_t getInferLibBuildVersion() noexcept;
