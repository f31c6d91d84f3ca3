// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking for the safe registry once, since each call changes its recorder.
#include "api/safe/registry.h"

#include "plugin/adapt/safe_build/resource_context.h"

namespace tenon::api {

const plugin::SafeRegistry* safe_registry() {
  static const plugin::SafeRegistry* registry =
      nvinfer2::safe::getSafePluginRegistry(plugin::process_recorder());
  return registry;
}

}  // namespace tenon::api
