// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recognising capability interfaces; never by dynamic_cast.
#include "plugin/adapt/v3/capabilities.h"

#include <cstring>

namespace tenon::plugin {

namespace {

using nvinfer1::IPluginCapability;
using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;

struct Face {
  PluginCapabilityType type;
  const char* name;
  const char* kind;
};
constexpr Face kCore{PluginCapabilityType::kCORE, "kCORE", "PLUGIN_V3ONE_CORE"};
constexpr Face kBuild{PluginCapabilityType::kBUILD, "kBUILD", "PLUGIN_V3ONE_BUILD"};
constexpr Face kRuntime{PluginCapabilityType::kRUNTIME, "kRUNTIME", "PLUGIN_V3ONE_RUNTIME"};

/// The face if it is of the kind expected; null, having spoken, if it is missing or foreign.
IPluginCapability* ask(IPluginV3& plugin, const Face& face, Diagnostics& diag) {
  IPluginCapability* capability = plugin.getCapabilityInterface(face.type);
  if (capability == nullptr) {
    (void)diag.fail(Code::Plugin, "getCapabilityInterface({}) of the plugin gives null", face.name);
    return nullptr;
  }
  const char* kind = capability->getInterfaceInfo().kind;
  if (kind == nullptr || std::strcmp(kind, face.kind) != 0) {
    (void)diag.fail(Code::Unsupported,
                    "the {} interface of the plugin is of kind \"{}\"; a network takes \"{}\"",
                    face.name, kind == nullptr ? "" : kind, face.kind);
    return nullptr;
  }
  return capability;
}

std::string given(const char* value) { return value == nullptr ? "" : value; }

}  // namespace

Result<V3Object> open_v3(std::unique_ptr<IPluginV3> plugin, bool need_build, Diagnostics& diag) {
  const Status missing{Code::Plugin, "a capability interface of the plugin is missing"};
  V3Object object;
  object.core = static_cast<nvinfer1::IPluginV3OneCore*>(ask(*plugin, kCore, diag));
  if (object.core == nullptr) return missing;
  object.runtime = static_cast<nvinfer1::IPluginV3OneRuntime*>(ask(*plugin, kRuntime, diag));
  if (object.runtime == nullptr) return missing;
  if (need_build) {
    object.build = static_cast<nvinfer1::IPluginV3OneBuild*>(ask(*plugin, kBuild, diag));
    if (object.build == nullptr) return missing;
    if (object.build->getInterfaceInfo().major >= 2) {
      object.aliasing = static_cast<nvinfer1::IPluginV3OneBuildV2*>(object.build);
    }
  }
  object.hold = LibraryHold(plugin.get(), "plugin " + given(object.core->getPluginName()));
  object.plugin = std::move(plugin);
  return object;
}

Result<V3Object> clone_v3(IPluginV3& plugin, bool need_build, Diagnostics& diag) {
  std::unique_ptr<IPluginV3> copy(plugin.clone());
  if (copy == nullptr) return diag.fail(Code::Plugin, "clone() of the plugin gives null");
  return open_v3(std::move(copy), need_build, diag);
}

ops::PluginId id_of(const nvinfer1::IPluginV3OneCore& core) {
  return {given(core.getPluginName()), given(core.getPluginVersion()),
          given(core.getPluginNamespace())};
}

}  // namespace tenon::plugin
