// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The safe plugin registry of the process, as builders and parsers search it.
#pragma once

#include "plugin/adapt/safe_build/creators.h"

namespace tenon::api {

/// The one that getSafePluginRegistry gives. The first call sets its recorder to the logger of the
/// process.
const plugin::SafeRegistry* safe_registry();

}  // namespace tenon::api
