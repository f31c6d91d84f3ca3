// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where plugin creators are kept and found.
#pragma once

#include "nvinfer1/error_recorder.h"
#include "nvinfer1/plugin_v2.h"

namespace nvinfer1 {

/// A table of creators by name, version and namespace. There is one for the process
/// (getPluginRegistry); every builder and runtime has its own below it. Registering, finding and
/// sharing resources is thread-safe; getAllCreators, getAllCreatorsRecursive and setErrorRecorder
/// are not. Creators are not owned and must stay alive while registered.
class IPluginRegistry {
 public:
  /// A plugin library that loadLibrary opened.
  using PluginLibraryHandle = void*;

  /// As the form taking IPluginCreatorInterface.
  TRT_DEPRECATED virtual bool registerCreator(IPluginCreator& creator,
                                              AsciiChar const* const pluginNamespace) noexcept = 0;

  /// The version 1 creators among getAllCreators.
  TRT_DEPRECATED virtual IPluginCreator* const* getPluginCreatorList(
      int32_t* const numCreators) const noexcept = 0;

  /// As getCreator, for version 1 creators only.
  TRT_DEPRECATED virtual IPluginCreator* getPluginCreator(
      AsciiChar const* const pluginName, AsciiChar const* const pluginVersion,
      AsciiChar const* const pluginNamespace = "") noexcept = 0;

  IPluginRegistry() = default;
  IPluginRegistry(IPluginRegistry const&) = delete;
  IPluginRegistry(IPluginRegistry&&) = delete;
  IPluginRegistry& operator=(IPluginRegistry const&) & = delete;
  IPluginRegistry& operator=(IPluginRegistry&&) & = delete;

 protected:
  virtual ~IPluginRegistry() noexcept = default;

 public:
  /// Where errors of this registry go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* const recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// As the form taking IPluginCreatorInterface.
  TRT_DEPRECATED virtual bool deregisterCreator(IPluginCreator const& creator) noexcept = 0;

  /// Whether a creator that is not found here is looked for in the registry above. On by default.
  virtual bool isParentSearchEnabled() const = 0;
  virtual void setParentSearchEnabled(bool const enabled) = 0;

  /// Opens a shared library and registers what its `getCreators` (or `getPluginCreators`) returns,
  /// after telling its `setLoggerFinder`, if it has one. Null, with the reason reported, when the
  /// library cannot be opened, has no such entry, or brings a creator that is already registered.
  virtual PluginLibraryHandle loadLibrary(AsciiChar const* pluginPath) noexcept = 0;

  /// Takes the library's creators out and closes it. No engine may use them any more.
  virtual void deregisterLibrary(PluginLibraryHandle handle) noexcept = 0;

  /// Adds a creator; `pluginNamespace` must be the one it answers. False when name, version and
  /// namespace are taken already.
  virtual bool registerCreator(IPluginCreatorInterface& creator,
                               AsciiChar const* const pluginNamespace) noexcept = 0;

  /// The creators of this registry; the array is valid until the next change.
  virtual IPluginCreatorInterface* const* getAllCreators(
      int32_t* const numCreators) const noexcept = 0;

  /// The creator of this name, version and namespace; null, with the nearest names reported, when
  /// there is none.
  virtual IPluginCreatorInterface* getCreator(
      AsciiChar const* const pluginName, AsciiChar const* const pluginVersion,
      AsciiChar const* const pluginNamespace = "") noexcept = 0;

  /// Takes a creator out. False when it is not registered here.
  virtual bool deregisterCreator(IPluginCreatorInterface const& creator) noexcept = 0;

  /// The resource under `key`. The first call stores a clone of `resource`; later calls return that
  /// clone and ignore the argument. Each call adds one to the count. Null on failure.
  virtual IPluginResource* acquirePluginResource(AsciiChar const* key,
                                                 IPluginResource* resource) noexcept = 0;

  /// Takes one from the count; at zero the resource is released and dropped. 0 on success.
  virtual int32_t releasePluginResource(AsciiChar const* key) noexcept = 0;

  /// The creators of this registry and of those above it; the array is valid until the next change.
  virtual IPluginCreatorInterface* const* getAllCreatorsRecursive(
      int32_t* const numCreators) noexcept = 0;
};

}  // namespace nvinfer1

/// The registry of the process; never null.
extern "C" TENSORRTAPI nvinfer1::IPluginRegistry* getPluginRegistry() noexcept;

namespace nvinfer1 {

/// Registers one creator of type T while static objects are made; see REGISTER_TENSORRT_PLUGIN.
template <typename T>
class PluginRegistrar {
 public:
  PluginRegistrar() { getPluginRegistry()->registerCreator(instance, ""); }

 private:
  T instance{};
};

}  // namespace nvinfer1

/// At namespace scope: registers a default-constructed creator of class `name` when the program or
/// shared library is loaded.
#define REGISTER_TENSORRT_PLUGIN(name) \
  static nvinfer1::PluginRegistrar<name> pluginRegistrar##name {}
