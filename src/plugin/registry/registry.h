// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of creators behind getPluginRegistry() and behind every builder and runtime.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "plugin/registry/creator.h"
#include "plugin/registry/library.h"

namespace tenon::plugin {

/// One registered creator, and where it came from. As long as an entry lives, the creator's code
/// stays in memory.
struct Entry {
  LibraryHold hold;                 ///< of a creator registered by hand or statically
  std::shared_ptr<Library> loaded;  ///< by loadLibrary; null when registered by hand or statically
  nvinfer1::IPluginCreatorInterface* creator = nullptr;
  ops::PluginId id;
  CreatorKind kind = CreatorKind::Unknown;
  std::string library;  ///< path of the object file with its code
};

/// Keeps creators in the order of registration. Safe for several threads as the interface says.
class PluginRegistry final : public nvinfer1::IPluginRegistry {
 public:
  /// `parent` is searched when a name is not found here; null for the registry of the process.
  explicit PluginRegistry(PluginRegistry* parent, nvinfer1::ILogger* logger = nullptr);
  ~PluginRegistry() noexcept override;

  /// Where messages go that no error recorder takes; null for the logger of the process.
  void set_logger(nvinfer1::ILogger* logger) noexcept;

  /// All entries of this registry and, if it searches them, of its parents, nearest first.
  [[nodiscard]] std::vector<Entry> entries() const;
  /// The entry of exactly this name, version and namespace, nearest first.
  [[nodiscard]] std::shared_ptr<const Entry> find(const ops::PluginId& id) const;
  /// What earlier calls of registerCreator and loadLibrary refused, in words, nearest first.
  [[nodiscard]] std::vector<std::string> refusals() const;

  /// loadLibrary for the bytes of a library called `name`. Creators whose triple is registered here
  /// already stay as they are, and the library's own are left out, with a word in `diag`. The
  /// creators leave the registry when the last copy of what is returned goes; the registry outlives
  /// it.
  Result<std::shared_ptr<const void>> load_bytes(const std::string& name,
                                                 std::span<const std::byte> bytes,
                                                 const TemporaryFiles& files, Diagnostics& diag);

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
    LibraryHold hold;
    std::unique_ptr<nvinfer1::IPluginResource> held;
    int32_t count = 0;
  };
  using Creators = std::vector<nvinfer1::IPluginCreatorInterface*>;
  using Entries = std::vector<std::shared_ptr<const Entry>>;

  struct Lease;
  std::string refuse_entry(Entry& entry, const char* name_space) const;
  bool add(Entry entry, const char* name_space);
  /// True if the creator's own library has registered one of that name already, when it was opened.
  [[nodiscard]] bool registers_itself(const ops::PluginId& id,
                                      const nvinfer1::IPluginCreatorInterface& creator) const;
  bool add_all(const std::shared_ptr<Library>& library);
  /// Takes the library's creators, and the library, out; the caller lets them go without a lock.
  Entries take_out(const Library& library);
  bool refuse(Code code, std::string sentence) const;
  void say(nvinfer1::ILogger::Severity severity, const std::string& text) const noexcept;
  void report_open(const Library& library) const;
  std::shared_ptr<const Entry> find_here(const ops::PluginId& id) const;

  PluginRegistry* parent_;
  std::atomic<nvinfer1::ILogger*> logger_;
  nvinfer1::IErrorRecorder* recorder_ = nullptr;
  std::atomic<bool> search_parent_{true};
  // No library is opened or closed while it is held: its static constructors may register.
  mutable std::recursive_mutex mutex_;
  Entries entries_;
  std::vector<std::shared_ptr<Library>> libraries_;
  std::map<std::string, std::weak_ptr<const void>> leases_;  ///< of load_bytes, by digest
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
