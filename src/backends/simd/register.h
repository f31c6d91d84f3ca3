// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The door of the backend of own SIMD kernels; and reorder(), which changes a tensor's layout.
#pragma once

#include "backends/simd/reorder.h"
#include "kernel/registry.h"

namespace tenon::simd {

/// Adds the candidates' source "simd" and the loader of family "simd".
void register_kernels(kernel::Registry& registry);

}  // namespace tenon::simd
