// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Settings for serializing an engine and for running it.
#pragma once

#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// What an engine file may leave out, or must bring.
enum class SerializationFlag : int32_t {
  kEXCLUDE_WEIGHTS = 0,       ///< without the weights that can be refitted
  kEXCLUDE_LEAN_RUNTIME = 1,  ///< without an embedded runtime; there never is one here
  kINCLUDE_REFIT = 2,         ///< what excluded weights were is refittable again
};
namespace impl {
template <>
struct EnumMaxImpl<SerializationFlag> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl
/// Bit i set: SerializationFlag i is set.
using SerializationFlags = uint32_t;

/// How ICudaEngine::serializeWithConfig writes. Freed with delete.
class ISerializationConfig : public INoCopy {
 public:
  virtual ~ISerializationConfig() noexcept = default;

  /// Replaces all flags. False, and no change, when a bit stands for no flag.
  virtual bool setFlags(SerializationFlags serializationFlags) noexcept = 0;
  virtual SerializationFlags getFlags() const noexcept = 0;

  virtual bool clearFlag(SerializationFlag serializationFlag) noexcept = 0;
  virtual bool setFlag(SerializationFlag serializationFlag) noexcept = 0;
  virtual bool getFlag(SerializationFlag serializationFlag) const noexcept = 0;
};

/// Who supplies the memory in which an execution context keeps activations.
enum class ExecutionContextAllocationStrategy : int32_t {
  kSTATIC = 0,             ///< the context, once, for the largest profile
  kON_PROFILE_CHANGE = 1,  ///< the context, for the profile in use
  kUSER_MANAGED = 2,       ///< the user, with IExecutionContext::setDeviceMemoryV2
};
namespace impl {
template <>
struct EnumMaxImpl<ExecutionContextAllocationStrategy> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// How ICudaEngine::createExecutionContext makes a context. Freed with delete.
class IRuntimeConfig : public INoCopy {
 public:
  virtual ~IRuntimeConfig() noexcept = default;

  /// kSTATIC unless set.
  virtual void setExecutionContextAllocationStrategy(
      ExecutionContextAllocationStrategy strategy) noexcept = 0;
  virtual ExecutionContextAllocationStrategy getExecutionContextAllocationStrategy()
      const noexcept = 0;
};

/// How much an engine says about its layers.
enum class ProfilingVerbosity : int32_t {
  kLAYER_NAMES_ONLY = 0,
  kNONE = 1,
  kDETAILED = 2,
};
namespace impl {
template <>
struct EnumMaxImpl<ProfilingVerbosity> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

}  // namespace nvinfer1
