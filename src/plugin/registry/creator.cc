// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking a creator by its kind; never by dynamic_cast.
#include "plugin/registry/creator.h"

#include <dlfcn.h>

#include <cstring>
#include <mutex>
#include <set>

#include "impl/NvInferPythonPlugin.h"

namespace tenon::plugin {

namespace {

constexpr std::string_view kKindNames[] = {"V1 (IPluginCreator)", "V3 (IPluginCreatorV3One)",
                                           "quick (IPluginCreatorV3Quick)", "unknown"};

template <class Creator>
std::optional<ops::PluginId> ask(Creator& creator) {
  const char* name = creator.getPluginName();
  const char* version = creator.getPluginVersion();
  const char* name_space = creator.getPluginNamespace();
  if (name == nullptr || version == nullptr) return std::nullopt;
  return ops::PluginId{name, version, name_space == nullptr ? "" : name_space};
}

}  // namespace

CreatorKind kind_of(const nvinfer1::IPluginCreatorInterface& creator) noexcept {
  const char* kind = creator.getInterfaceInfo().kind;
  if (kind == nullptr) return CreatorKind::Unknown;
  if (std::strcmp(kind, "PLUGIN CREATOR_V1") == 0) return CreatorKind::V1;
  if (std::strcmp(kind, "PLUGIN CREATOR_V3ONE") == 0) return CreatorKind::V3One;
  if (std::strcmp(kind, "PLUGIN CREATOR_V3QUICK") == 0) return CreatorKind::V3Quick;
  return CreatorKind::Unknown;
}

std::string_view to_string(CreatorKind kind) noexcept {
  return kKindNames[static_cast<size_t>(kind)];
}

std::optional<ops::PluginId> id_of(nvinfer1::IPluginCreatorInterface& creator) {
  switch (kind_of(creator)) {
    case CreatorKind::V1:
      return ask(static_cast<nvinfer1::IPluginCreator&>(creator));
    case CreatorKind::V3One:
      return ask(static_cast<nvinfer1::IPluginCreatorV3One&>(creator));
    case CreatorKind::V3Quick:
      return ask(static_cast<nvinfer1::IPluginCreatorV3Quick&>(creator));
    case CreatorKind::Unknown:
      break;
  }
  return std::nullopt;
}

std::string library_of(const void* object) {
  if (object == nullptr) return {};
  const void* table = *static_cast<const void* const*>(object);  // The table of virtual methods.
  Dl_info info{};
  if (::dladdr(table, &info) == 0 || info.dli_fname == nullptr) return {};
  return info.dli_fname;
}

std::string describe(const ops::PluginId& id) {
  return "name \"" + id.name + "\", version \"" + id.version + "\", namespace \"" + id.name_space +
         "\"";
}

const char* kept_text(const std::string& text) {
  static std::mutex mutex;
  static auto* const texts = new std::set<std::string>;  // never freed: pointers into it are kept
  const std::lock_guard lock(mutex);
  return texts->insert(text).first->c_str();
}

}  // namespace tenon::plugin
