// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Nodes that plugins make.
#pragma once

#include "importers/uff/context.h"

namespace tenon::uff {

/// Makes a node whose operation begins with an underscore: the plugin of that name without it.
Status import_plugin(Context& node);

}  // namespace tenon::uff
