// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of the 7.x interface as ones of the present interface.
#pragma once

#include "api/compat7/translate.h"

namespace tenon::compat7 {

/// A plugin of the present interface that asks `plugin`, which it owns. Null for null, and for a
/// family that 7.x plugins with fixed extents are not of.
nvinfer1::IPluginV2* wrap(v7::IPluginV2* plugin);

}  // namespace tenon::compat7
