// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking a safe plugin by kind; never by dynamic_cast.
#include "plugin/adapt/safe_build/capabilities.h"

#include <array>
#include <string_view>

#include "plugin/adapt/answers.h"

namespace tenon::plugin {

namespace {

using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;
using namespace nvinfer2::safe;  // NOLINT(google-build-using-namespace): the faces' names

struct FaceOfSafe {
  PluginCapabilityType type;
  const char* name;                       ///< of the capability
  std::array<std::string_view, 2> kinds;  ///< that serve; the second may be empty
};

constexpr FaceOfSafe kSafeCore{
    PluginCapabilityType::kCORE, "kCORE", {"PLUGIN_V3ONE_SAFE_CORE", ""}};
constexpr FaceOfSafe kSafeBuild{PluginCapabilityType::kBUILD,
                                "kBUILD",
                                {"PLUGIN_V3ONE_SAFE_BUILD", "PLUGIN_V3ONE_SAFE_BUILDMSS"}};
constexpr FaceOfSafe kSafeRuntime{
    PluginCapabilityType::kRUNTIME, "kRUNTIME", {"PLUGIN_V3ONE_SAFE_RUNTIME", ""}};

std::string_view kind_of_face(nvinfer1::IPluginCapability& face) noexcept {
  const char* kind = face.getInterfaceInfo().kind;
  return kind == nullptr ? "" : kind;
}

nvinfer1::IPluginCapability* ask_safe(IPluginV3& plugin, const FaceOfSafe& face,
                                      Diagnostics& diag) {
  nvinfer1::IPluginCapability* found = plugin.getCapabilityInterface(face.type);
  if (found == nullptr) {
    (void)diag.fail(Code::Plugin, "getCapabilityInterface({}) of the safe plugin gives null",
                    face.name);
    return nullptr;
  }
  const std::string_view kind = kind_of_face(*found);
  if (!kind.empty() && (kind == face.kinds[0] || kind == face.kinds[1])) return found;
  (void)diag.fail(Code::Plugin,
                  "getCapabilityInterface({}) of the safe plugin gives an interface of kind '{}': "
                  "derive it from that of NvInferSafePlugin.h whose kind is {}{}{}",
                  face.name, kind, face.kinds[0], face.kinds[1].empty() ? "" : " or ",
                  face.kinds[1]);
  return nullptr;
}

}  // namespace

bool is_safe(IPluginV3& plugin) noexcept {
  nvinfer1::IPluginCapability* core = plugin.getCapabilityInterface(PluginCapabilityType::kCORE);
  return core != nullptr && kind_of_face(*core) == kSafeCore.kinds[0];
}

Result<SafeObject> open_safe(std::unique_ptr<IPluginV3> plugin, bool need_build,
                             Diagnostics& diag) {
  const Status missing{Code::Plugin, "the safe plugin lacks a capability"};
  SafeObject object;
  object.core = static_cast<IPluginV3OneSafeCore*>(ask_safe(*plugin, kSafeCore, diag));
  if (object.core == nullptr) return missing;
  object.runtime = static_cast<IPluginV3OneSafeRuntime*>(ask_safe(*plugin, kSafeRuntime, diag));
  if (object.runtime == nullptr) return missing;
  if (need_build) {
    object.build = static_cast<IPluginV3OneSafeBuild*>(ask_safe(*plugin, kSafeBuild, diag));
    if (object.build == nullptr) return missing;
    if (kind_of_face(*object.build) == kSafeBuild.kinds[1]) {
      object.symbolic = static_cast<IPluginV3OneSafeBuildMSS*>(object.build);
    }
  }
  object.hold =
      LibraryHold(plugin.get(), "safe plugin " + text_or_empty(object.core->getPluginName()));
  object.plugin = std::move(plugin);
  return object;
}

Result<SafeObject> clone_safe(IPluginV3& plugin, bool need_build, Diagnostics& diag) {
  std::unique_ptr<IPluginV3> copy(plugin.clone());
  if (copy == nullptr) return diag.fail(Code::Plugin, "clone() of the safe plugin gives null");
  return open_safe(std::move(copy), need_build, diag);
}

ops::PluginId id_of(const IPluginV3OneSafeCore& core) {
  return {text_or_empty(core.getPluginName()), text_or_empty(core.getPluginVersion()),
          text_or_empty(core.getPluginNamespace())};
}

}  // namespace tenon::plugin
