// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of a safe engine as text.
#pragma once

#include <string>

#include "plan/view.h"

namespace tenon::api {

/// A line for each step, in order: its kernel with version and tactic, its name, and its tensors
/// with type, layout and place. For reviews of safe engines.
std::string kernel_text(const plan::View& engine);

}  // namespace tenon::api
