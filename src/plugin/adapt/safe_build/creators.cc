// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Searching the safe registry without a word.
#include "plugin/adapt/safe_build/creators.h"

#include <cstring>
#include <span>

namespace tenon::plugin {

namespace {

/// Name, version and namespace that the creator answers; null counts as "".
ops::PluginId id_of_creator(const SafeCreator& creator) {
  const auto text = [](const char* given) { return given == nullptr ? "" : given; };
  return {text(creator.getPluginName()), text(creator.getPluginVersion()),
          text(creator.getPluginNamespace())};
}

template <class Visit>
void for_each_creator(const SafeRegistry* registry, Visit&& visit) {
  nvinfer1::IPluginCreatorInterface* const* all = nullptr;
  int32_t count = 0;
  if (registry == nullptr) return;
  if (registry->getAllCreators(all, count) != nvinfer1::ErrorCode::kSUCCESS || count <= 0) return;
  for (nvinfer1::IPluginCreatorInterface* one : std::span(all, static_cast<size_t>(count))) {
    const char* kind = one->getInterfaceInfo().kind;
    if (kind == nullptr || std::strcmp(kind, "PLUGIN SAFE CREATOR_V3ONE") != 0) continue;
    visit(static_cast<SafeCreator&>(*one));
  }
}

}  // namespace

SafeCreator* find_safe_creator(const SafeRegistry* registry, const ops::PluginId& id) {
  SafeCreator* found = nullptr;
  for_each_creator(registry, [&](SafeCreator& creator) {
    if (found == nullptr && id_of_creator(creator) == id) found = &creator;
  });
  return found;
}

std::vector<ops::PluginId> safe_creators(const SafeRegistry* registry) {
  std::vector<ops::PluginId> all;
  for_each_creator(registry,
                   [&](const SafeCreator& creator) { all.push_back(id_of_creator(creator)); });
  return all;
}

}  // namespace tenon::plugin
