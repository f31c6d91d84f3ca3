// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen, and IPluginRegistry::loadLibrary.
#include "tools/trtexec/plugins.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "NvInferPlugin.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

void register_shipped() {
  if (!initLibNvInferPlugins(&console(), ""))
    throw Failure("The shipped plugins were not registered.");
}

void open_static(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    int32_t before = 0;
    getPluginRegistry()->getAllCreators(&before);
    if (::dlopen(path.c_str(), RTLD_LAZY) == nullptr) {
      throw Failure(fmt::format("--staticPlugins={}: {}.", path, ::dlerror()));
    }
    int32_t after = 0;
    getPluginRegistry()->getAllCreators(&after);
    console().info(fmt::format("Opened plugin library {}: {} plugins registered themselves.", path,
                               after - before));
    if (after == before) {
      console().warn(fmt::format(
          "{} registered no plugin; if it exports getCreators, pass it with --dynamicPlugins={}.",
          path, path));
    }
  }
}

void load_dynamic(nvinfer1::IPluginRegistry& registry, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (registry.loadLibrary(path.c_str()) == nullptr) {
      throw Failure(fmt::format("--dynamicPlugins={}: the library was not loaded.", path));
    }
    console().info(fmt::format("Loaded plugin library {}.", path));
  }
}

}  // namespace tenon::trtexec
