// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all plugins from version 3 on share: the object, its capabilities, creators, resources.
#pragma once

#include "nvinfer1/plugin_fields.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// What a creator is asked to make a plugin for.
enum class TensorRTPhase : int32_t {
  kBUILD = 0,   ///< a network is being made; fields come from the application or the parser
  kRUNTIME = 1  ///< an engine is being loaded; fields are those the plugin once serialized
};

/// The three faces of a plugin.
enum class PluginCapabilityType : int32_t {
  kCORE = 0,    ///< name, version, namespace
  kBUILD = 1,   ///< types, shapes, formats, tactics; may be absent at run time
  kRUNTIME = 2  ///< execution and serialization
};

namespace v_1_0 {

/// A face of a plugin. What it really is, getInterfaceInfo says.
class IPluginCapability : public IVersionedInterface {};

/// Something several plugins share through the registry under a key, such as a table or a handle.
class IPluginResource : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IPluginResource", 1, 0};
  }

  /// Frees what clone() acquired; the object must stay fit for cloning. 0 on success. Called by the
  /// registry for the copy it holds, from one thread at a time.
  virtual int32_t release() noexcept = 0;

  /// Makes an object that holds the resource for real; null on failure. Must be thread-safe.
  virtual IPluginResource* clone() noexcept = 0;

  ~IPluginResource() noexcept override = default;
  IPluginResource() = default;
  IPluginResource(IPluginResource const&) = default;
  IPluginResource(IPluginResource&&) = default;
  IPluginResource& operator=(IPluginResource const&) & = default;
  IPluginResource& operator=(IPluginResource&&) & = default;
};

/// Root of all creators. Which creator it is, getInterfaceInfo says.
class IPluginCreatorInterface : public IVersionedInterface {
 public:
  ~IPluginCreatorInterface() noexcept override = default;

 protected:
  IPluginCreatorInterface() = default;
  IPluginCreatorInterface(IPluginCreatorInterface const&) = default;
  IPluginCreatorInterface(IPluginCreatorInterface&&) = default;
  IPluginCreatorInterface& operator=(IPluginCreatorInterface const&) & = default;
  IPluginCreatorInterface& operator=(IPluginCreatorInterface&&) & = default;
};

/// A plugin: an object that hands out up to three capability interfaces. Freed with delete.
class IPluginV3 : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override { return InterfaceInfo{"PLUGIN", 1, 0}; }

  /// The face of the given type, owned by this object; null where it has none. An object made for
  /// kBUILD has all three, and a clone has at least those of its original.
  virtual IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept = 0;

  /// A new object in the same state, owned by the caller; null on failure.
  virtual IPluginV3* clone() noexcept = 0;
};

}  // namespace v_1_0

using IPluginCapability = v_1_0::IPluginCapability;
using IPluginCreatorInterface = v_1_0::IPluginCreatorInterface;
using IPluginResource = v_1_0::IPluginResource;
using IPluginV3 = v_1_0::IPluginV3;

}  // namespace nvinfer1
