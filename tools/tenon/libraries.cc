// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening and registering.
#include "tools/tenon/libraries.h"

#include <dlfcn.h>

#include <cstdio>

#include "NvInferPlugin.h"

namespace tenon::command {

namespace {

int32_t registered() {
  int32_t count = 0;
  getPluginRegistry()->getAllCreators(&count);
  return count;
}

/// Opens a library; false, with the reason said, when it cannot be opened.
bool open(const std::string& path) {
  if (::dlopen(path.c_str(), RTLD_LAZY) != nullptr) return true;
  std::fprintf(stderr, "cannot open plugin library %s: %s\n", path.c_str(), ::dlerror());
  return false;
}

/// Puts a library's creators into the registry of the process. One that registers itself when it is
/// opened is there already.
bool load(const std::string& path) {
  const int32_t before = registered();
  if (!open(path)) return false;
  return registered() > before || getPluginRegistry()->loadLibrary(path.c_str()) != nullptr;
}

}  // namespace

void Logger::log(Severity severity, nvinfer1::AsciiChar const* text) noexcept {
  if (severity <= least_) std::fprintf(stderr, "%s\n", text);
}

bool load_plugins(const Libraries& libraries, nvinfer1::ILogger& logger) {
  initLibNvInferPlugins(&logger, "");
  for (const std::string& path : libraries.static_plugins) {
    if (!open(path)) return false;
  }
  for (const std::string& path : libraries.dynamic_plugins) {
    if (!load(path)) return false;
  }
  return true;
}

}  // namespace tenon::command
