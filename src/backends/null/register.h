// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The backend that does nothing: a skeleton to copy, and a stand-in for tests of upper layers.
#pragma once

#include "kernel/registry.h"

namespace tenon::null {

/// Adds the source "null", which accepts every operator but Foreign in every type, linear, and
/// leaves its outputs as they are. Nothing offers it unless a test or a tool registers it.
void register_kernels(kernel::Registry& registry);

}  // namespace tenon::null
