// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of creators behind getPluginRegistry() and behind every builder and runtime.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "plugin/registry/creator.h"
#include "plugin/registry/library.h"

namespace tenon::plugin {

/// One registered creator, and where it came from.
struct Entry {
  nvinfer1::IPluginCreatorInterface* creator = nullptr;
  ops::PluginId id;
  CreatorKind kind = CreatorKind::Unknown;
  std::string library;     ///< path of the object file with its code
  void* handle = nullptr;  ///< of loadLibrary; null when registered by hand or statically
};

/// Keeps creators in the order of registration. Safe for several threads as the interface says.
class PluginRegistry final : public nvinfer1::IPluginRegistry {
 public:
  /// `parent` is searched when a name is not found here; null for the registry of the process.
  explicit PluginRegistry(PluginRegistry* parent, nvinfer1::ILogger* logger = nullptr);
  ~PluginRegistry() noexcept override = default;

  /// Where messages go that no error recorder takes; null for the logger of the process.
  void set_logger(nvinfer1::ILogger* logger) noexcept;

  /// All entries of this registry and, if it searches them, of its parents, nearest first.
  [[nodiscard]] std::vector<Entry> entries() const;
  /// The entry of exactly this name, version and namespace, nearest first.
  [[nodiscard]] const Entry* find(const ops::PluginId& id) const;
  /// What earlier calls of registerCreator and loadLibrary refused, in words, nearest first.
  [[nodiscard]] std::vector<std::string> refusals() const;

  bool registerCreator(nvinfer1::IPluginCreator& creator,
                       nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  nvinfer1::IPluginCreator* const* getPluginCreatorList(
      int32_t* numCreators) const noexcept override;
  nvinfer1::IPluginCreator* getPluginCreator(
      nvinfer1::AsciiChar const* pluginName, nvinfer1::AsciiChar const* pluginVersion,
      nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  bool deregisterCreator(nvinfer1::IPluginCreator const& creator) noexcept override;
  bool isParentSearchEnabled() const override;
  void setParentSearchEnabled(bool enabled) override;
  PluginLibraryHandle loadLibrary(nvinfer1::AsciiChar const* pluginPath) noexcept override;
  void deregisterLibrary(PluginLibraryHandle handle) noexcept override;
  bool registerCreator(nvinfer1::IPluginCreatorInterface& creator,
                       nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  nvinfer1::IPluginCreatorInterface* const* getAllCreators(
      int32_t* numCreators) const noexcept override;
  nvinfer1::IPluginCreatorInterface* getCreator(
      nvinfer1::AsciiChar const* pluginName, nvinfer1::AsciiChar const* pluginVersion,
      nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  bool deregisterCreator(nvinfer1::IPluginCreatorInterface const& creator) noexcept override;
  nvinfer1::IPluginResource* acquirePluginResource(
      nvinfer1::AsciiChar const* key, nvinfer1::IPluginResource* resource) noexcept override;
  int32_t releasePluginResource(nvinfer1::AsciiChar const* key) noexcept override;
  nvinfer1::IPluginCreatorInterface* const* getAllCreatorsRecursive(
      int32_t* numCreators) noexcept override;

 private:
  struct Resource {
    std::unique_ptr<nvinfer1::IPluginResource> held;
    int32_t count = 0;
  };
  using Creators = std::vector<nvinfer1::IPluginCreatorInterface*>;

  bool add(nvinfer1::IPluginCreatorInterface& creator, const char* name_space, void* handle);
  bool refuse(Code code, std::string sentence) const;
  void say(nvinfer1::ILogger::Severity severity, const std::string& text) const noexcept;
  const Entry* find_here(const ops::PluginId& id) const;

  PluginRegistry* parent_;
  nvinfer1::ILogger* logger_;
  nvinfer1::IErrorRecorder* recorder_ = nullptr;
  bool search_parent_ = true;
  mutable std::recursive_mutex mutex_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<Library> libraries_;
  std::map<std::string, Resource> resources_;
  mutable std::vector<std::string> refusals_;
  mutable Creators listed_, listed_recursive_;
  mutable std::vector<nvinfer1::IPluginCreator*> listed_v1_;
};

/// The registry of the process; made on first use, never destroyed.
PluginRegistry& global_registry();

/// The logger of the process: that of the latest builder or runtime. Null before the first.
nvinfer1::ILogger* process_logger() noexcept;
void set_process_logger(nvinfer1::ILogger* logger) noexcept;

}  // namespace tenon::plugin
