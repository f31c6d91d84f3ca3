// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Families by version tag; never by dynamic_cast.
#include "plugin/adapt/v2/object.h"

#include "plugin/adapt/call.h"
#include "plugin/registry/creator.h"

namespace tenon::plugin {

namespace {

constexpr std::string_view kNames[] = {"IPluginV2", "IPluginV2Ext", "IPluginV2IOExt",
                                       "IPluginV2DynamicExt"};

std::string text(const char* value) { return value == nullptr ? "" : value; }

}  // namespace

std::string_view to_string(V2Family family) noexcept { return kNames[static_cast<size_t>(family)]; }

Result<V2Object> V2Object::open(nvinfer1::IPluginV2* plugin, std::string_view what,
                                Diagnostics& diag) {
  if (plugin == nullptr) return diag.fail(Code::Plugin, "{} gives null", what);
  const auto tag = static_cast<uint32_t>(plugin->getTensorRTVersion()) >> 24U;
  const uint32_t family = tag & ~static_cast<uint32_t>(nvinfer1::kPLUGIN_VERSION_PYTHON_BIT);
  if (family >= std::size(kNames)) {
    return diag.fail(Code::Unsupported,
                     "the plugin that {} gives is of family {}: known are IPluginV2 (0), "
                     "IPluginV2Ext (1), IPluginV2IOExt (2) and IPluginV2DynamicExt (3)",
                     what, tag);
  }
  return V2Object(plugin, static_cast<V2Family>(family));
}

V2Object::V2Object(nvinfer1::IPluginV2* plugin, V2Family family)
    : hold_(plugin, "plugin " + text(plugin->getPluginType())), plugin_(plugin), family_(family) {}

Result<V2Object> V2Object::clone(Diagnostics& diag) const {
  return open(plugin_->clone(), "clone() of the plugin", diag);
}

nvinfer1::IPluginV2Ext* V2Object::ext() const noexcept {
  return family_ == V2Family::Plain ? nullptr : static_cast<nvinfer1::IPluginV2Ext*>(plugin_.get());
}

nvinfer1::IPluginV2IOExt* V2Object::io() const noexcept {
  return family_ == V2Family::IOExt ? static_cast<nvinfer1::IPluginV2IOExt*>(plugin_.get())
                                    : nullptr;
}

nvinfer1::IPluginV2DynamicExt* V2Object::dynamic() const noexcept {
  return family_ == V2Family::DynamicExt
             ? static_cast<nvinfer1::IPluginV2DynamicExt*>(plugin_.get())
             : nullptr;
}

ops::PluginId V2Object::id_of(const nvinfer1::IPluginV2& plugin) {
  return {text(plugin.getPluginType()), text(plugin.getPluginVersion()),
          text(plugin.getPluginNamespace())};
}

void V2Object::set_namespace(const std::string& name_space) {
  plugin_->setPluginNamespace(kept_text(name_space));
}

}  // namespace tenon::plugin
