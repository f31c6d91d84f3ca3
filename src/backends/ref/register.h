// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The door of the reference backend: plain loops for every operator, the judge of all others; and
// evaluate(), which computes one node with them.
#pragma once

#include "backends/ref/evaluate.h"
#include "kernel/registry.h"

namespace tenon::ref {

/// Adds the source "ref" and the loader of its records. Linear layouts only; never the fastest.
void register_kernels(kernel::Registry& registry);

}  // namespace tenon::ref
