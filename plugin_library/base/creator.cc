// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins behind either interface, out of attributes or saved bytes.
#include "plugin_library/base/creator.h"

#include <new>

#include "plugin_library/base/messages.h"
#include "plugin_library/base/plugin_v2.h"
#include "plugin_library/base/plugin_v3.h"
#include "plugin_library/base/saved_state.h"

namespace shipped {

namespace {

using nvinfer1::PluginFieldCollection;

/// More inputs than this no plugin has, whatever saved bytes say.
bool isPlausible(SavedState const& state) { return state.inputs <= kMostTensors; }

}  // namespace

void CreatorV2::setPluginNamespace(char const* nameSpace) noexcept {
  nameSpace_ = nameSpace == nullptr ? "" : nameSpace;
}

PluginFieldCollection const* CreatorV2::getFieldNames() noexcept { return maker_->fields(); }

nvinfer1::IPluginV2* CreatorV2::createPlugin(char const* name,
                                             PluginFieldCollection const* fields) noexcept {
  auto plugin = maker_->make(name, fields);
  if (plugin == nullptr) return nullptr;
  return new (std::nothrow) PluginV2(std::move(plugin), nameSpace_, 0);
}

nvinfer1::IPluginV2* CreatorV2::deserializePlugin(char const* name, void const* data,
                                                  size_t length) noexcept {
  size_t const given = data == nullptr ? 0 : length;
  auto state = SavedState::read({static_cast<std::byte const*>(data), given});
  if (!state || !isPlausible(*state)) {
    refuse(std::string(identity_.name) + " version " + identity_.version + ": " +
           std::to_string(given) +
           " bytes are not what such a plugin serialized: build the engine anew");
    return nullptr;
  }
  PluginFieldCollection const fields{static_cast<int32_t>(state->fields.size()),
                                     state->fields.data()};
  auto plugin = maker_->make(name, &fields);
  if (plugin == nullptr) return nullptr;
  return new (std::nothrow) PluginV2(std::move(plugin), nameSpace_, state->inputs);
}

PluginFieldCollection const* CreatorV3::getFieldNames() noexcept { return maker_->fields(); }

nvinfer1::IPluginV3* CreatorV3::createPlugin(char const* name, PluginFieldCollection const* fields,
                                             nvinfer1::TensorRTPhase) noexcept {
  auto plugin = maker_->make(name, fields);
  if (plugin == nullptr) return nullptr;
  return new (std::nothrow) PluginV3(std::move(plugin), nameSpace_);
}

std::unique_ptr<nvinfer1::IPluginCreatorInterface> Row::creator(char const* nameSpace) const {
  if (interface == Interface::V2) {
    return std::make_unique<CreatorV2>(identity, nameSpace, maker(identity));
  }
  return std::make_unique<CreatorV3>(identity, nameSpace, maker(identity));
}

}  // namespace shipped
