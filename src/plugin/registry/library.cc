// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen, dlsym and what they say.
#include "plugin/registry/library.h"

#include <dlfcn.h>
#include <link.h>

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

}  // namespace

Result<Library> Library::open(const std::string& path, nvinfer1::ILoggerFinder* finder,
                              Diagnostics& diag) {
  void* handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    return diag.fail(Code::NotFound, "cannot open plugin library '{}': {}", path,
                     reason == nullptr ? "unknown reason" : reason);
  }
  Library library(handle, path);
  const CreatorsEntry entry = find_entry(handle);
  if (entry == nullptr) {
    return diag.fail(
        Code::NotFound,
        "'{}' exports neither getCreators nor getPluginCreators, so it cannot be loaded "
        "as a dynamic plugin library; if it registers its plugins itself "
        "(REGISTER_TENSORRT_PLUGIN), load it with --staticPlugins or dlopen",
        path);
  }
  try {
    if (void* symbol = finder == nullptr ? nullptr : ::dlsym(handle, "setLoggerFinder")) {
      reinterpret_cast<LoggerEntry>(symbol)(finder);
    }
    int32_t count = 0;
    nvinfer1::IPluginCreatorInterface* const* creators = entry(count);
    if (creators != nullptr && count > 0) library.creators_.assign(creators, creators + count);
  } catch (const std::exception& error) {
    return diag.fail(Code::Plugin, "setLoggerFinder or getCreators of '{}' threw: {}", path,
                     error.what());
  } catch (...) {
    return diag.fail(Code::Plugin, "setLoggerFinder or getCreators of '{}' threw", path);
  }
  if (library.creators_.empty()) {
    return diag.fail(Code::Plugin, "getCreators of '{}' gives no creator", path);
  }
  return library;
}

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      path_(std::move(other.path_)),
      creators_(std::move(other.creators_)) {}

Library& Library::operator=(Library&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(path_, other.path_);
  std::swap(creators_, other.creators_);
  return *this;
}

Library::~Library() {
  if (handle_ != nullptr) ::dlclose(handle_);
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
