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

/// The creator, on its way to a caller whose plugins nobody counts.
IPluginCreatorInterface* given_out(const Entry& entry) {
  if (entry.loaded != nullptr) entry.loaded->set_given_out();
  return entry.creator;
}

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

PluginRegistry::~PluginRegistry() noexcept {
  if (recorder_ != nullptr) recorder_->decRefCount();
}

void PluginRegistry::set_logger(ILogger* logger) noexcept { logger_.store(logger); }

void PluginRegistry::say(ILogger::Severity severity, const std::string& text) const noexcept {
  ILogger* logger = logger_.load();
  if (logger == nullptr) logger = process_logger();
  if (logger != nullptr) logger->log(severity, text.c_str());
}

bool PluginRegistry::refuse(Code code, std::string sentence) const {
  const std::lock_guard lock(mutex_);
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

std::shared_ptr<const Entry> PluginRegistry::find_here(const ops::PluginId& id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry->id == id; });
  return found == entries_.end() ? nullptr : *found;
}

std::shared_ptr<const Entry> PluginRegistry::find(const ops::PluginId& id) const {
  const std::lock_guard lock(mutex_);
  if (auto entry = find_here(id)) return entry;
  return parent_ != nullptr && search_parent_ ? parent_->find(id) : nullptr;
}

std::string PluginRegistry::refuse_entry(Entry& entry, const char* name_space) const {
  auto id = id_of(*entry.creator);
  if (!id) {
    return "a plugin creator is not registered: its kind is unknown, or it has no name or no "
           "version; derive it from IPluginCreatorV3One or IPluginCreator";
  }
  const std::string given = name_space == nullptr ? "" : name_space;
  if (id->name.size() >= kMaxText || id->version.size() >= kMaxText || given.size() >= kMaxText) {
    return "a plugin creator is not registered: its name, version or namespace has more than 1023 "
           "characters";
  }
  entry.kind = kind_of(*entry.creator);
  const bool renamed = !given.empty() && given != id->name_space;
  if (renamed && entry.kind != CreatorKind::V1) {
    return "plugin " + describe(*id) + " is not registered: it was given the namespace \"" + given +
           "\", which is not the one it answers";
  }
  if (renamed) id->name_space = given;
  if (const auto taken = find_here(*id)) {
    return "plugin " + describe(*id) + " from " + entry.library +
           " is not registered: the same triple is registered already, from " + taken->library;
  }
  if (renamed) static_cast<IPluginCreator&>(*entry.creator).setPluginNamespace(kept_text(given));
  entry.id = std::move(*id);
  return {};
}

bool PluginRegistry::add(Entry entry, const char* name_space) {
  const std::lock_guard lock(mutex_);
  std::string refusal = refuse_entry(entry, name_space);
  if (!refusal.empty()) return refuse(Code::InvalidArgument, std::move(refusal));
  entries_.push_back(std::make_shared<const Entry>(std::move(entry)));
  return true;
}

bool PluginRegistry::registerCreator(IPluginCreatorInterface& creator,
                                     AsciiChar const* pluginNamespace) noexcept {
  Entry entry;
  entry.hold = LibraryHold(&creator, "registered creators");
  entry.creator = &creator;
  entry.library = library_of(&creator);
  return add(std::move(entry), pluginNamespace);
}

bool PluginRegistry::registerCreator(IPluginCreator& creator,
                                     AsciiChar const* pluginNamespace) noexcept {
  return registerCreator(static_cast<IPluginCreatorInterface&>(creator), pluginNamespace);
}

bool PluginRegistry::deregisterCreator(IPluginCreatorInterface const& creator) noexcept {
  std::shared_ptr<const Entry> removed;  // Let go without the lock: that may close a library.
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry->creator == &creator; });
  if (found == entries_.end()) return false;
  removed = std::move(*found);
  entries_.erase(found);
  return true;
}

bool PluginRegistry::deregisterCreator(IPluginCreator const& creator) noexcept {
  return deregisterCreator(static_cast<IPluginCreatorInterface const&>(creator));
}

bool PluginRegistry::registers_itself(const ops::PluginId& id,
                                      const IPluginCreatorInterface& creator) const {
  const auto taken = find_here(id);
  return taken != nullptr && taken->loaded == nullptr &&
         library_of(taken->creator) == library_of(&creator);
}

bool PluginRegistry::add_all(const std::shared_ptr<Library>& library) {
  for (IPluginCreatorInterface* creator : library->creators()) {
    const auto id = creator == nullptr ? std::nullopt : id_of(*creator);
    if (id && registers_itself(*id, *creator)) continue;
    Entry entry;
    entry.loaded = library;
    entry.creator = creator;
    entry.library = library->name();
    if (id && add(std::move(entry), id->name_space.c_str())) continue;
    return refuse(Code::InvalidArgument,
                  "plugin library '" + library->name() + "' is not loaded: " +
                      (id ? "its plugin " + describe(*id) + " cannot be registered"
                          : "it brings a creator without name or version"));
  }
  return true;
}

PluginRegistry::PluginLibraryHandle PluginRegistry::loadLibrary(
    AsciiChar const* pluginPath) noexcept {
  if (pluginPath == nullptr || *pluginPath == '\0') {
    return refuse(Code::InvalidArgument, "loadLibrary was given no path"), nullptr;
  }
  CollectingSink sink;
  Diagnostics diag(sink);
  auto library = Library::open(pluginPath, &logger_finder(), diag);
  if (!library.ok()) return refuse(library.status().code, sink.errors()), nullptr;
  for (const CollectingSink::Entry& warning : sink.entries) {
    if (warning.severity == Severity::Warning) say(ILogger::Severity::kWARNING, warning.text);
  }
  Entries removed;
  const std::lock_guard lock(mutex_);
  if (!add_all(*library)) {
    removed = take_out(**library);
    return nullptr;
  }
  say(ILogger::Severity::kVERBOSE, std::string("Loaded plugin library ") + pluginPath + " with " +
                                       std::to_string((*library)->creators().size()) +
                                       " creators.");
  libraries_.push_back(*library);
  return (*library)->handle();
}

PluginRegistry::Entries PluginRegistry::take_out(const Library& library) {
  const std::lock_guard lock(mutex_);
  Entries removed, kept;
  for (auto& entry : entries_) {
    (entry->loaded.get() == &library ? removed : kept).push_back(std::move(entry));
  }
  entries_ = std::move(kept);
  return removed;
}

void PluginRegistry::report_open(const Library& library) const {
  const std::string users = library.opened().users();
  if (users.empty() && !library.given_out()) return;
  std::string text = "Plugin library '" + library.name() + "' is deregistered, but stays open";
  if (!users.empty()) text += " as long as it is used: " + users;
  if (library.given_out()) {
    text += users.empty() ? ": " : "; and for the rest of the process: ";
    text += "its creators were given out, so that plugins made with them may live";
  }
  say(ILogger::Severity::kWARNING, text + ".");
}

void PluginRegistry::deregisterLibrary(PluginLibraryHandle handle) noexcept {
  std::shared_ptr<Library> library;  // Let go without the lock: that may close it.
  Entries removed;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(libraries_.begin(), libraries_.end(),
                                  [&](const auto& l) { return l->handle() == handle; });
  if (found == libraries_.end()) {
    refuse(Code::InvalidArgument,
           "deregisterLibrary was given a handle that loadLibrary of this "
           "registry did not return, or that is deregistered already");
    return;
  }
  library = std::move(*found);
  libraries_.erase(found);
  removed = take_out(*library);
  report_open(*library);
}

/// What load_bytes registered; takes it out at the end.
struct PluginRegistry::Lease {
  Lease(PluginRegistry& where, std::shared_ptr<Library> what)
      : registry(where), library(std::move(what)) {}
  ~Lease() { registry.take_out(*library); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  PluginRegistry& registry;
  std::shared_ptr<Library> library;
};

Result<std::shared_ptr<const void>> PluginRegistry::load_bytes(const std::string& name,
                                                               std::span<const std::byte> bytes,
                                                               const TemporaryFiles& files,
                                                               Diagnostics& diag) {
  const std::string key = name + ' ' + to_string(digest_of(bytes));
  TENON_ASSIGN(std::shared_ptr<Library> library,
               Library::open_bytes(name, bytes, files, &logger_finder(), diag));
  std::shared_ptr<const void> lease;
  const std::lock_guard lock(mutex_);
  if ((lease = leases_[key].lock()) != nullptr) return lease;
  lease = std::make_shared<const Lease>(*this, library);
  for (IPluginCreatorInterface* creator : library->creators()) {
    Entry entry;
    entry.loaded = library;
    entry.creator = creator;
    entry.library = library->name();
    const auto id = creator == nullptr ? std::nullopt : id_of(*creator);
    if (!id) {
      return diag.fail(Code::Plugin, "plugin library {} brings a creator without name or version",
                       library->name());
    }
    if (const auto taken = find_here(*id)) {
      const bool equal = taken->loaded != nullptr && taken->loaded->digest() == library->digest();
      if (!equal) {
        diag.warn("plugin {} of library {} is not used: this registry has one from {}",
                  describe(*id), library->name(), taken->library);
      }
      continue;
    }
    if (!add(std::move(entry), id->name_space.c_str())) {
      return diag.fail(Code::Plugin, "plugin {} of library {} cannot be registered", describe(*id),
                       library->name());
    }
  }
  leases_[key] = lease;
  return lease;
}

IPluginCreatorInterface* PluginRegistry::getCreator(AsciiChar const* pluginName,
                                                    AsciiChar const* pluginVersion,
                                                    AsciiChar const* pluginNamespace) noexcept {
  if (pluginName == nullptr || pluginVersion == nullptr) return nullptr;
  const ops::PluginId id{pluginName, pluginVersion,
                         pluginNamespace == nullptr ? "" : pluginNamespace};
  const std::lock_guard lock(mutex_);
  if (const auto entry = find_here(id)) return given_out(*entry);
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
  for (const auto& entry : entries_) listed_.push_back(given_out(*entry));
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_.size());
  return listed_.data();
}

IPluginCreatorInterface* const* PluginRegistry::getAllCreatorsRecursive(
    int32_t* numCreators) noexcept {
  const std::lock_guard lock(mutex_);
  listed_recursive_.clear();
  for (const Entry& entry : entries()) listed_recursive_.push_back(given_out(entry));
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_recursive_.size());
  return listed_recursive_.data();
}

IPluginCreator* const* PluginRegistry::getPluginCreatorList(int32_t* numCreators) const noexcept {
  const std::lock_guard lock(mutex_);
  listed_v1_.clear();
  for (const auto& entry : entries_) {
    if (entry->kind == CreatorKind::V1) {
      listed_v1_.push_back(static_cast<IPluginCreator*>(given_out(*entry)));
    }
  }
  if (numCreators != nullptr) *numCreators = static_cast<int32_t>(listed_v1_.size());
  return listed_v1_.data();
}

bool PluginRegistry::isParentSearchEnabled() const { return search_parent_; }
void PluginRegistry::setParentSearchEnabled(bool enabled) { search_parent_ = enabled; }

void PluginRegistry::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  const std::lock_guard lock(mutex_);
  if (recorder != nullptr) recorder->incRefCount();
  if (recorder_ != nullptr) recorder_->decRefCount();
  recorder_ = recorder;
}

nvinfer1::IErrorRecorder* PluginRegistry::getErrorRecorder() const noexcept { return recorder_; }

nvinfer1::IPluginResource* PluginRegistry::acquirePluginResource(
    AsciiChar const* key, nvinfer1::IPluginResource* resource) noexcept {
  if (key == nullptr) return refuse(Code::InvalidArgument, "a plugin resource has no key"), nullptr;
  LibraryHold hold(resource, std::string("resource ") + key);
  const std::lock_guard lock(mutex_);
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
    found = resources_.emplace(key, Resource{std::move(hold), std::move(held), 0}).first;
  }
  ++found->second.count;
  return found->second.held.get();
}

int32_t PluginRegistry::releasePluginResource(AsciiChar const* key) noexcept {
  Resource removed;  // Let go without the lock: that may close a library.
  const std::lock_guard lock(mutex_);
  const auto found = key == nullptr ? resources_.end() : resources_.find(key);
  if (found == resources_.end()) {
    refuse(Code::InvalidArgument, std::string("plugin resource \"") + (key == nullptr ? "" : key) +
                                      "\" cannot be released: it is not held");
    return 1;
  }
  if (--found->second.count > 0) return 0;
  const int32_t outcome = found->second.held->release();
  removed = std::move(found->second);
  resources_.erase(found);
  if (outcome != 0)
    refuse(Code::Plugin, std::string("release() of plugin resource \"") + key + "\" failed");
  return outcome;
}

}  // namespace tenon::plugin
