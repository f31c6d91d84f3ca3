// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of plugins that this library brings.
#pragma once

#include <span>

#include "plugin_library/base/creator.h"

namespace shipped {

/// In the order of registration. A plugin stands in several rows when its versions differ in
/// nothing that a model could tell.
std::span<Row const> catalogue();

}  // namespace shipped
