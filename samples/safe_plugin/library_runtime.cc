// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The door of libsample_safe_plugin_v3_safe.so: the creator for trtexec_safe.
#include <cstring>

#include "max_pool_runtime.h"

/// The creator of this namespace and name, alive as long as the library; null for any other.
extern "C" __attribute__((visibility("default"))) nvinfer2::safe::IPluginCreatorInterface*
getSafetyPluginCreator(char const* pluginNamespace, char const* pluginName) {
  static maxpool::MaxPoolRuntimeCreator creator;
  bool const asked = pluginNamespace != nullptr && pluginName != nullptr &&
                     std::strcmp(pluginNamespace, maxpool::kNamespace) == 0 &&
                     std::strcmp(pluginName, maxpool::kName) == 0;
  return asked ? &creator : nullptr;
}
