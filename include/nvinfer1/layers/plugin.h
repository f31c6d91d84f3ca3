// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins as layers.
#pragma once

#include "nvinfer1/layer.h"
#include "nvinfer1/plugin_base.h"
#include "nvinfer1/plugin_v2.h"

namespace nvinfer1 {

/// A version 2 plugin.
class TRT_DEPRECATED IPluginV2Layer : public ILayer {
 public:
  /// The network's own copy.
  virtual IPluginV2& getPlugin() noexcept = 0;

 protected:
  virtual ~IPluginV2Layer() noexcept = default;
};

/// A version 3 plugin.
class IPluginV3Layer : public ILayer {
 public:
  /// The network's own copy.
  virtual IPluginV3& getPlugin() noexcept = 0;

 protected:
  virtual ~IPluginV3Layer() noexcept = default;
};

}  // namespace nvinfer1
