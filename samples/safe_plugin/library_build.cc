// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The doors of libsample_safe_plugin_v3.so: creators for trtexec, and the plugin's checker.
#include <cstring>
#include <new>

#include "max_pool_build.h"
#include "max_pool_checker.h"

/// The creator of this namespace and name, alive as long as the library; null for any other.
extern "C" __attribute__((visibility("default"))) nvinfer2::safe::IPluginCreatorInterface*
getSafetyPluginCreator(char const* pluginNamespace, char const* pluginName) {
  static maxpool::MaxPoolCreator creator;
  bool const asked = pluginNamespace != nullptr && pluginName != nullptr &&
                     std::strcmp(pluginNamespace, maxpool::kNamespace) == 0 &&
                     std::strcmp(pluginName, maxpool::kName) == 0;
  return asked ? &creator : nullptr;
}

/// A checker, owned by the caller, for the name directly followed by the version; null for others.
extern "C" __attribute__((visibility("default"))) nvinfer2::safe::consistency::IPluginChecker*
getPluginChecker(char const* nameVersion) {
  if (nameVersion == nullptr || std::strcmp(nameVersion, "MaxPoolPlugin1") != 0) return nullptr;
  return new (std::nothrow) maxpool::MaxPoolChecker;
}
