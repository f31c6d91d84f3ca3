// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Registering, finding and dropping creators.
#include "plugin/registry/registry.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using nvinfer1::AsciiChar;
using nvinfer1::ILogger;
using nvinfer1::IPluginCreator;
using nvinfer1::IPluginCreatorInterface;

/// Longest text of the interface, its NUL included.
constexpr size_t kMaxText = 1024;

std::atomic<ILogger*> process_logger_now{nullptr};

/// Hands the logger of the process to plugin libraries.
class LoggerFinder final : public nvinfer1::ILoggerFinder {
 public:
  ILogger* findLogger() override {
    static SilentLogger silent;
    ILogger* logger = process_logger();
    return logger == nullptr ? &silent : logger;
  }

 private:
  struct SilentLogger final : ILogger {
    void log(Severity, AsciiChar const*) noexcept override {}
  };
};

LoggerFinder& logger_finder() {
  static LoggerFinder* finder = new LoggerFinder;  // Libraries keep the pointer.
  return *finder;
}

}  // namespace

ILogger* process_logger() noexcept { return process_logger_now.load(); }
void set_process_logger(ILogger* logger) noexcept { process_logger_now.store(logger); }

PluginRegistry& global_registry() {
  static auto* registry = new PluginRegistry(nullptr);  // Static registrars may outlive any order.
  return *registry;
}

PluginRegistry::PluginRegistry(PluginRegistry* parent, ILogger* logger)
    : parent_(parent), logger_(logger) {}

void PluginRegistry::set_logger(ILogger* logger) noexcept { logger_ = logger; }

void PluginRegistry::say(ILogger::Severity severity, const std::string& text) const noexcept {
  ILogger* logger = logger_ != nullptr ? logger_ : process_logger();
  if (logger != nullptr) logger->log(severity, text.c_str());
}

bool PluginRegistry::refuse(Code code, std::string sentence) const {
  say(ILogger::Severity::kERROR, sentence);
  if (recorder_ != nullptr) recorder_->reportError(to_error_code(code), sentence.c_str());
  refusals_.push_back(std::move(sentence));
  return false;
}

std::vector<Entry> PluginRegistry::entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> all;
  for (const auto& entry : entries_) all.push_back(*entry);
  if (parent_ != nullptr && search_parent_) {
    for (Entry& entry : parent_->entries()) all.push_back(std::move(entry));
  }
  return all;
}

std::vector<std::string> PluginRegistry::refusals() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all = refusals_;
  if (parent_ != nullptr && search_parent_) {
    for (std::string& refusal : parent_->refusals()) all.push_back(std::move(refusal));
  }
  return all;
}

const Entry* PluginRegistry::find_here(const ops::PluginId& id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry->id == id; });
  return found == entries_.end() ? nullptr : found->get();
}

const Entry* PluginRegistry::find(const ops::PluginId& id) const {
  const std::lock_guard lock(mutex_);
  if (const Entry* entry = find_here(id)) return entry;
  return parent_ != nullptr && search_parent_ ? parent_->find(id) : nullptr;
}

bool PluginRegistry::add(IPluginCreatorInterface& creator, const char* name_space, void* handle) {
  auto id = id_of(creator);
  if (!id) {
    return refuse(
        Code::InvalidArgument,
        "a plugin creator is not registered: its kind is unknown, or it has no name or no "
        "version; derive it from IPluginCreatorV3One or IPluginCreator");
  }
  const std::string given = name_space == nullptr ? "" : name_space;
  if (id->name.size() >= kMaxText || id->version.size() >= kMaxText || given.size() >= kMaxText) {
    return refuse(Code::InvalidArgument,
                  "a plugin creator is not registered: its name, version or "
                  "namespace has more than 1023 characters");
  }
  const CreatorKind kind = kind_of(creator);
  if (!given.empty() && given != id->name_space) {
    if (kind != CreatorKind::V1) {
      return refuse(Code::InvalidArgument, "plugin " + describe(*id) +
                                               " is not registered: it was given the namespace \"" +
                                               given + "\", which is not the one it answers");
    }
    static_cast<IPluginCreator&>(creator).setPluginNamespace(kept_text(given));
    id->name_space = given;
  }
  if (const Entry* taken = find_here(*id)) {
    return refuse(Code::InvalidArgument, "plugin " + describe(*id) + " from " +
                                             library_of(&creator) +
                                             " is not registered: the same triple is registered "
                                             "already, from " +
                                             taken->library);
  }
  entries_.push_back(
      std::make_unique<Entry>(Entry{&creator, std::move(*id), kind, library_of(&creator), handle}));
  return true;
}

bool PluginRegistry::registerCreator(IPluginCreatorInterface& creator,
                                     AsciiChar const* pluginNamespace) noexcept {
  const std::lock_guard lock(mutex_);
  return add(creator, pluginNamespace, nullptr);
}

bool PluginRegistry::registerCreator(IPluginCreator& creator,
                                     AsciiChar const* pluginNamespace) noexcept {
  return registerCreator(static_cast<IPluginCreatorInterface&>(creator), pluginNamespace);
}

bool PluginRegistry::deregisterCreator(IPluginCreatorInterface const& creator) noexcept {
  const std::lock_guard lock(mutex_);
  const auto removed =
      std::erase_if(entries_, [&](const auto& entry) { return entry->creator == &creator; });
  return removed > 0;
}

bool PluginRegistry::deregisterCreator(IPluginCreator const& creator) noexcept {
  return deregisterCreator(static_cast<IPluginCreatorInterface const&>(creator));
}

PluginRegistry::PluginLibraryHandle PluginRegistry::loadLibrary(
    AsciiChar const* pluginPath) noexcept {
  const std::lock_guard lock(mutex_);
  if (pluginPath == nullptr || *pluginPath == '\0') {
    return refuse(Code::InvalidArgument, "loadLibrary was given no path"), nullptr;
  }
  CollectingSink sink;
  Diagnostics diag(sink);
  auto library = Library::open(pluginPath, &logger_finder(), diag);
  if (!library.ok()) return refuse(library.status().code, sink.errors()), nullptr;
  void* handle = library->handle();
  for (IPluginCreatorInterface* creator : library->creators()) {
    const auto id = creator == nullptr ? std::nullopt : id_of(*creator);
    if (id && add(*creator, id->name_space.c_str(), handle)) continue;
    std::erase_if(entries_, [&](const auto& entry) { return entry->handle == handle; });
    refuse(Code::InvalidArgument, std::string("plugin library '") + pluginPath +
                                      "' is not loaded: " +
                                      (id ? "its plugin " + describe(*id) + " cannot be registered"
                                          : "it brings a creator without name or version"));
    return nullptr;
  }
  say(ILogger::Severity::kVERBOSE, std::string("Loaded plugin library ") + pluginPath + " with " +
                                       std::to_string(library->creators().size()) + " creators.");
  libraries_.push_back(std::move(*library));
  return handle;
}

void PluginRegistry::deregisterLibrary(PluginLibraryHandle handle) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(libraries_.begin(), libraries_.end(),
                                  [&](const Library& l) { return l.handle() == handle; });
  if (found == libraries_.end()) {
    refuse(Code::InvalidArgument,
           "deregisterLibrary was given a handle that loadLibrary of this "
           "registry did not return, or that is deregistered already");
    return;
  }
  std::erase_if(entries_, [&](const auto& entry) { return entry->handle == handle; });
  libraries_.erase(found);
}

IPluginCreatorInterface* PluginRegistry::getCreator(AsciiChar const* pluginName,
                                                    AsciiChar const* pluginVersion,
                                                    AsciiChar const* pluginNamespace) noexcept {
  if (pluginName == nullptr || pluginVersion == nullptr) return nullptr;
  const ops::PluginId id{pluginName, pluginVersion,
                         pluginNamespace == nullptr ? "" : pluginNamespace};
  const std::lock_guard lock(mutex_);
  if (const Entry* entry = find_here(id)) return entry->creator;
  if (parent_ == nullptr) return nullptr;
  say(ILogger::Severity::kVERBOSE,
      "Local registry did not find " + id.name + " creator. Will try parent registry if enabled.");
  if (!search_parent_) return nullptr;
  IPluginCreatorInterface* creator =
      parent_->getCreator(pluginName, pluginVersion, pluginNamespace);
  if (creator != nullptr) {
    say(ILogger::Severity::kVERBOSE, "Global registry found " + id.name + " creator.");
  }
  return creator;
}

IPluginCreator* PluginRegistry::getPluginCreator(AsciiChar const* pluginName,
                                                 AsciiChar const* pluginVersion,
                                                 AsciiChar const* pluginNamespace) noexcept {
  IPluginCreatorInterface* creator = getCreator(pluginName, pluginVersion, pluginNamespace);
  if (creator == nullptr || kind_of(*creator) != CreatorKind::V1) return nullptr;
  return static_cast<IPluginCreator*>(creator);
}

IPluginCreatorInterface* const* PluginRegistry::getAllCreators(
    int32_t* numCreators) const noexcept {
  const std::lock_guard lock(mutex_);
  listed_.clear();
  for (const auto& entry : entries_) listed_.push_back(entry->creator);
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_.size());
  return listed_.data();
}

IPluginCreatorInterface* const* PluginRegistry::getAllCreatorsRecursive(
    int32_t* numCreators) noexcept {
  const std::lock_guard lock(mutex_);
  listed_recursive_.clear();
  for (const Entry& entry : entries()) listed_recursive_.push_back(entry.creator);
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_recursive_.size());
  return listed_recursive_.data();
}

IPluginCreator* const* PluginRegistry::getPluginCreatorList(int32_t* numCreators) const noexcept {
  const std::lock_guard lock(mutex_);
  listed_v1_.clear();
  for (const auto& entry : entries_) {
    if (entry->kind == CreatorKind::V1) {
      listed_v1_.push_back(static_cast<IPluginCreator*>(entry->creator));
    }
  }
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_v1_.size());
  return listed_v1_.data();
}

bool PluginRegistry::isParentSearchEnabled() const { return search_parent_; }
void PluginRegistry::setParentSearchEnabled(bool enabled) { search_parent_ = enabled; }

void PluginRegistry::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  if (recorder != nullptr) recorder->incRefCount();
  if (recorder_ != nullptr) recorder_->decRefCount();
  recorder_ = recorder;
}

nvinfer1::IErrorRecorder* PluginRegistry::getErrorRecorder() const noexcept { return recorder_; }

nvinfer1::IPluginResource* PluginRegistry::acquirePluginResource(
    AsciiChar const* key, nvinfer1::IPluginResource* resource) noexcept {
  const std::lock_guard lock(mutex_);
  if (key == nullptr) return refuse(Code::InvalidArgument, "a plugin resource has no key"), nullptr;
  auto found = resources_.find(key);
  if (found == resources_.end()) {
    std::unique_ptr<nvinfer1::IPluginResource> held(resource == nullptr ? nullptr
                                                                        : resource->clone());
    if (held == nullptr) {
      refuse(Code::Plugin,
             std::string("plugin resource \"") + key + "\" cannot be acquired: " +
                 (resource == nullptr ? "there is none under this key and none was given"
                                      : "its clone() returned null"));
      return nullptr;
    }
    found = resources_.emplace(key, Resource{std::move(held), 0}).first;
  }
  ++found->second.count;
  return found->second.held.get();
}

int32_t PluginRegistry::releasePluginResource(AsciiChar const* key) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = key == nullptr ? resources_.end() : resources_.find(key);
  if (found == resources_.end()) {
    refuse(Code::InvalidArgument, std::string("plugin resource \"") + (key == nullptr ? "" : key) +
                                      "\" cannot be released: it is not held");
    return 1;
  }
  if (--found->second.count > 0) return 0;
  const int32_t outcome = found->second.held->release();
  resources_.erase(found);
  if (outcome != 0)
    refuse(Code::Plugin, std::string("release() of plugin resource \"") + key + "\" failed");
  return outcome;
}

}  // namespace tenon::plugin
