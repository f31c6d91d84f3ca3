// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The grammar, dlopen and ISafePluginRegistry::registerCreator.
#include "tools/shared/safety_plugins.h"

#include <dlfcn.h>

#include <algorithm>
#include <stdexcept>

namespace tenon::tools {

namespace {

using nvinfer2::safe::ErrorCode;
using nvinfer2::safe::IPluginCreatorInterface;
using nvinfer2::safe::ISafePluginCreatorV3One;
using nvinfer2::safe::ISafePluginRegistry;
using nvinfer2::safe::ISafeRecorder;

using CreatorGetter = IPluginCreatorInterface*(const char* space, const char* name);

constexpr const char* kForm = "; it is written LIB[NAMESPACE::NAME,…], as libmine.so[acme::Scale]";

std::string text_of(const SafetyPlugin& plugin) { return plugin.space + "::" + plugin.name; }

SafetyPlugin parse_plugin(const std::string& text) {
  const size_t colons = text.find("::");
  if (colons == std::string::npos) return {"", text};
  return {text.substr(0, colons), text.substr(colons + 2)};
}

/// Opens a library for good; its function that hands out creators.
CreatorGetter* open_library(const std::string& path) {
  void* const library = ::dlopen(path.c_str(), RTLD_LAZY);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    throw std::runtime_error("--safetyPlugins: " + std::string(why == nullptr ? path : why));
  }
  void* const getter = ::dlsym(library, "getSafetyPluginCreator");
  if (getter == nullptr) {
    throw std::runtime_error("--safetyPlugins: " + path +
                             " exports no function getSafetyPluginCreator, which hands out the "
                             "creators of a safe plugin library");
  }
  return reinterpret_cast<CreatorGetter*>(getter);
}

/// The namespace of a creator of safe plugins; null for a creator of another kind.
const char* namespace_of(const IPluginCreatorInterface& creator) {
  const std::string kind = creator.getInterfaceInfo().kind;
  if (kind != "PLUGIN SAFE CREATOR_V3ONE") return nullptr;
  return static_cast<const ISafePluginCreatorV3One&>(creator).getPluginNamespace();
}

void register_one(ISafePluginRegistry& registry, const std::string& path, CreatorGetter* getter,
                  const SafetyPlugin& plugin, ISafeRecorder& recorder) {
  IPluginCreatorInterface* const creator = getter(plugin.space.c_str(), plugin.name.c_str());
  if (creator == nullptr) {
    const std::string warning = path + " has no creator " + text_of(plugin) +
                                "; the library knows its plugins by namespace and name";
    recorder.reportWarn(warning.c_str());
    return;
  }
  const char* const own = namespace_of(*creator);
  if (own == nullptr) {
    throw std::runtime_error("--safetyPlugins: " + path + ": " + text_of(plugin) +
                             " is no creator of safe plugins (ISafePluginCreatorV3One)");
  }
  if (plugin.space != own) {
    throw std::runtime_error("--safetyPlugins: " + path + ": " + text_of(plugin) +
                             " is refused, since its creator is of namespace \"" + own +
                             "\"; write " + own + "::" + plugin.name);
  }
  recorder.reportInfo(("Registering " + text_of(plugin)).c_str());
  if (registry.registerCreator(*creator, plugin.space.c_str(), recorder) != ErrorCode::kSUCCESS) {
    const std::string warning = "The plugin " + text_of(plugin) + " of " + path +
                                " was not registered; one of this name may be there already";
    recorder.reportWarn(warning.c_str());
  }
}

}  // namespace

SafetyPluginLibrary parse_safety_plugins(const std::string& text) {
  const size_t open = text.find('[');
  if (open == std::string::npos || text.back() != ']') {
    throw std::runtime_error("\"" + text + "\" does not say which plugins of the library" + kForm);
  }
  if (open == 0) throw std::runtime_error("\"" + text + "\" names no library" + kForm);
  SafetyPluginLibrary library{text.substr(0, open), {}};
  const std::string list = text.substr(open + 1, text.size() - open - 2);
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    library.plugins.push_back(parse_plugin(list.substr(at, comma - at)));
    if (library.plugins.back().name.empty()) {
      throw std::runtime_error("\"" + text + "\" lists a plugin without a name" + kForm);
    }
    at = comma + 1;
  }
  return library;
}

void register_safety_plugins(const std::vector<SafetyPluginLibrary>& libraries,
                             ISafeRecorder& recorder) {
  ISafePluginRegistry& registry = *nvinfer2::safe::getSafePluginRegistry(recorder);
  for (const SafetyPluginLibrary& library : libraries) {
    CreatorGetter* const getter = open_library(library.path);
    for (const SafetyPlugin& plugin : library.plugins) {
      register_one(registry, library.path, getter, plugin, recorder);
    }
  }
}

}  // namespace tenon::tools
