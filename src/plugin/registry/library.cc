// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen, dlsym and what they say.
#include "plugin/registry/library.h"

#include <dlfcn.h>
#include <link.h>

#include <cstring>
#include <exception>
#include <utility>

namespace tenon::plugin {

namespace {

using CreatorsEntry = nvinfer1::IPluginCreatorInterface* const* (*)(int32_t&);
using LoggerEntry = void (*)(nvinfer1::ILoggerFinder*);

CreatorsEntry find_entry(void* handle) {
  for (const char* name : {"getCreators", "getPluginCreators"}) {
    if (void* symbol = ::dlsym(handle, name)) return reinterpret_cast<CreatorsEntry>(symbol);
  }
  return nullptr;
}

/// The file behind an open library: names without a folder are looked for by the loader.
std::string file_of(void* handle, const std::string& path) {
  if (path.find('/') != std::string::npos) return path;
  link_map* map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return path;
  return map->l_name == nullptr || *map->l_name == '\0' ? path : map->l_name;
}

std::string loader_error() {
  const char* reason = ::dlerror();
  return reason == nullptr ? "unknown reason" : reason;
}

/// Libraries opened from bytes: equal ones are opened once, so that they share their state.
struct Copies {
  std::mutex mutex;
  std::map<Digest, std::weak_ptr<Library>> by_digest;
};

Copies& copies() {
  static auto* made = new Copies;
  return *made;
}

}  // namespace

Result<std::shared_ptr<Library>> Library::open(const std::string& path,
                                               nvinfer1::ILoggerFinder* finder, Diagnostics& diag) {
  void* handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    return diag.fail(Code::NotFound, "cannot open plugin library '{}': {}", path, loader_error());
  }
  auto open = OpenLibrary::take(handle, path, -1);
  const auto now = digest_of_file(file_of(handle, path));
  const auto first = open->first_digest(now);
  if (now != first) {
    diag.warn(
        "plugin library '{}' was replaced while it is open: its older build goes on running until "
        "nothing of it lives, or the process starts anew",
        path);
  }
  std::shared_ptr<Library> library(new Library(std::move(open), path, first));
  TENON_TRY(library->ask(finder, diag));
  return library;
}

Result<std::shared_ptr<Library>> Library::open_bytes(const std::string& name,
                                                     std::span<const std::byte> bytes,
                                                     const TemporaryFiles& files,
                                                     nvinfer1::ILoggerFinder* finder,
                                                     Diagnostics& diag) {
  if (!files.in_memory && !files.on_disk) {
    return diag.fail(Code::InvalidArgument,
                     "plugin library {} inside the engine cannot be opened: neither files in "
                     "memory nor temporary files are allowed; allow one of them with "
                     "IRuntime::setTempfileControlFlags",
                     name);
  }
  const Digest digest = digest_of(bytes);
  Copies& all = copies();
  const std::lock_guard lock(all.mutex);
  std::weak_ptr<Library>& known = all.by_digest[digest];
  if (auto library = known.lock()) return library;
  BytesLibrary made = open_library_of_bytes(name, bytes, files, RTLD_LAZY | RTLD_LOCAL);
  if (made.open == nullptr) {
    return diag.fail(Code::Plugin, "plugin library {} inside the engine cannot be opened: {}", name,
                     made.why);
  }
  std::shared_ptr<Library> library(
      new Library(std::move(made.open), name + " inside the engine", digest));
  TENON_TRY(library->ask(finder, diag));
  known = library;
  return library;
}

Status Library::ask(nvinfer1::ILoggerFinder* finder, Diagnostics& diag) {
  const CreatorsEntry entry = find_entry(handle());
  if (entry == nullptr) {
    return diag.fail(
        Code::NotFound,
        "'{}' exports neither getCreators nor getPluginCreators, so it cannot be loaded "
        "as a dynamic plugin library; if it registers its plugins itself "
        "(REGISTER_TENSORRT_PLUGIN), load it with --staticPlugins or dlopen",
        name_);
  }
  try {
    if (void* symbol = finder == nullptr ? nullptr : ::dlsym(handle(), "setLoggerFinder")) {
      reinterpret_cast<LoggerEntry>(symbol)(finder);
    }
    int32_t count = 0;
    nvinfer1::IPluginCreatorInterface* const* creators = entry(count);
    if (creators != nullptr && count > 0) creators_.assign(creators, creators + count);
  } catch (const std::exception& error) {
    return diag.fail(Code::Plugin, "setLoggerFinder or getCreators of '{}' threw: {}", name_,
                     error.what());
  } catch (...) {
    return diag.fail(Code::Plugin, "setLoggerFinder or getCreators of '{}' threw", name_);
  }
  if (creators_.empty()) {
    return diag.fail(Code::Plugin, "getCreators of '{}' gives no creator", name_);
  }
  return {};
}

Library::~Library() {
  if (given_out_) keep_for_ever(std::move(open_));
}

std::vector<std::string> loaded_plugin_libraries() {
  std::vector<std::string> objects;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* all) {
        if (info->dlpi_name != nullptr && *info->dlpi_name != '\0') {
          static_cast<std::vector<std::string>*>(all)->emplace_back(info->dlpi_name);
        }
        return 0;
      },
      &objects);
  std::vector<std::string> found;
  for (const std::string& path : objects) {
    void* handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) continue;
    // dlsym also looks into what the library itself needs: keep only its own entry.
    const CreatorsEntry entry = find_entry(handle);
    Dl_info info{};
    if (entry != nullptr && ::dladdr(reinterpret_cast<void*>(entry), &info) != 0 &&
        info.dli_fname != nullptr && path == info.dli_fname) {
      found.push_back(path);
    }
    ::dlclose(handle);
  }
  return found;
}

}  // namespace tenon::plugin
