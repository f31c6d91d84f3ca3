// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recognising the faces of quick plugins; never by dynamic_cast.
#include "plugin/adapt/quick/capabilities.h"

#include <string_view>

#include "plugin/adapt/answers.h"

namespace tenon::plugin {

namespace {

using nvinfer1::IPluginCapability;
using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;

constexpr std::string_view kCoreKind = "PLUGIN_V3QUICK_CORE";
constexpr std::string_view kBuildKind = "PLUGIN_V3QUICK_BUILD";
constexpr std::string_view kAotKind = "PLUGIN_V3QUICKAOT_BUILD";
constexpr std::string_view kRuntimeKind = "PLUGIN_V3QUICK_RUNTIME";

std::string_view kind_of_face(IPluginCapability* face) {
  const char* kind = face == nullptr ? nullptr : face->getInterfaceInfo().kind;
  return kind == nullptr ? std::string_view() : kind;
}

Status foreign_face(const char* name, IPluginCapability* face, std::string_view wanted,
                    Diagnostics& diag) {
  if (face == nullptr) {
    return diag.fail(Code::Plugin, "getCapabilityInterface({}) of the quick plugin gives null",
                     name);
  }
  return diag.fail(Code::Unsupported,
                   "the {} interface of the quick plugin is of kind \"{}\"; it must be \"{}\"",
                   name, kind_of_face(face), wanted);
}

}  // namespace

bool is_quick(IPluginV3& plugin) {
  return kind_of_face(plugin.getCapabilityInterface(PluginCapabilityType::kCORE)) == kCoreKind;
}

Result<QuickObject> open_quick(std::unique_ptr<IPluginV3> plugin, bool to_build,
                               Diagnostics& diag) {
  QuickObject object;
  IPluginCapability* core = plugin->getCapabilityInterface(PluginCapabilityType::kCORE);
  if (kind_of_face(core) != kCoreKind) return foreign_face("kCORE", core, kCoreKind, diag);
  object.core = static_cast<nvinfer1::IPluginV3QuickCore*>(core);
  if (to_build) {
    IPluginCapability* build = plugin->getCapabilityInterface(PluginCapabilityType::kBUILD);
    const std::string_view kind = kind_of_face(build);
    if (kind != kBuildKind && kind != kAotKind) {
      return foreign_face("kBUILD", build, kBuildKind, diag);
    }
    object.build = static_cast<nvinfer1::IPluginV3QuickBuild*>(build);
    if (kind == kAotKind) {
      object.aot = static_cast<nvinfer1::IPluginV3QuickAOTBuild*>(object.build);
    }
  }
  if (object.aot == nullptr) {
    IPluginCapability* runtime = plugin->getCapabilityInterface(PluginCapabilityType::kRUNTIME);
    if (kind_of_face(runtime) != kRuntimeKind) {
      return foreign_face("kRUNTIME", runtime, kRuntimeKind, diag);
    }
    object.runtime = static_cast<nvinfer1::IPluginV3QuickRuntime*>(runtime);
  }
  object.hold = LibraryHold(plugin.get(), "plugin " + text_or_empty(object.core->getPluginName()));
  object.plugin = std::move(plugin);
  return object;
}

Result<QuickObject> clone_quick(IPluginV3& plugin, bool to_build, Diagnostics& diag) {
  std::unique_ptr<IPluginV3> copy(plugin.clone());
  if (copy == nullptr) return diag.fail(Code::Plugin, "clone() of the quick plugin gives null");
  return open_quick(std::move(copy), to_build, diag);
}

ops::PluginId id_of(const nvinfer1::IPluginV3QuickCore& core) {
  return {text_or_empty(core.getPluginName()), text_or_empty(core.getPluginVersion()),
          text_or_empty(core.getPluginNamespace())};
}

}  // namespace tenon::plugin
