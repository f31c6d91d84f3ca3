// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checking that a safe engine does what its network says.
#pragma once

#include <string>
#include <vector>

#include "NvInferForwardDecl.h"
#include "NvInferPluginBase.h"
#include "NvInferSafeRuntime.h"

namespace nvinfer2 {
namespace safe {
namespace consistency {

/// Compares an engine with the network it was built from. Freed with delete.
class IConsistencyChecker {
 public:
  /// False, with what was found in the recorder, when they differ.
  virtual bool validate() noexcept = 0;

  virtual ~IConsistencyChecker() = default;

 protected:
  IConsistencyChecker() = default;
  IConsistencyChecker(IConsistencyChecker const&) = delete;
  IConsistencyChecker(IConsistencyChecker&&) = delete;
  IConsistencyChecker& operator=(IConsistencyChecker const&) & = delete;
  IConsistencyChecker& operator=(IConsistencyChecker&&) & = delete;
};

/// Checks the layers of one plugin. Implemented by the plugin's library, whose extern "C" function
/// `IPluginChecker* getPluginChecker(char const* nameVersion)` hands it out for the name directly
/// followed by the version, owned by the caller and freed with delete, or null.
class IPluginChecker {
 public:
  /// Whether inputs, outputs and fields (those of getFieldsToSerialize) fit each other.
  virtual bool validate(std::vector<TensorDescriptor> const& Inputs,
                        std::vector<TensorDescriptor> const& Outputs,
                        PluginFieldCollection* fc) noexcept = 0;

  virtual ~IPluginChecker() = default;

 protected:
  IPluginChecker() = default;
  IPluginChecker(IPluginChecker const&) = delete;
  IPluginChecker(IPluginChecker&&) = delete;
  IPluginChecker& operator=(IPluginChecker const&) & = delete;
  IPluginChecker& operator=(IPluginChecker&&) & = delete;
};

/// A checker for the engine in `blob`, owned by the caller. `pluginBuildLibs` names libraries with
/// plugin checkers. The bytes must stay alive until it is freed.
extern "C" TENSORRTAPI nvinfer2::safe::ErrorCode createConsistencyChecker(
    IConsistencyChecker*& icc, nvinfer2::safe::ISafeRecorder& recorder, void const* blob,
    size_t size, std::vector<std::string> const& pluginBuildLibs = {}) noexcept;

}  // namespace consistency
}  // namespace safe
}  // namespace nvinfer2
