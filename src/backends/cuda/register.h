// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The door of the backend of kernels for GPUs; and the change of layout between them.
#pragma once

#include "backends/cuda/reorder.h"
#include "kernel/registry.h"

namespace tenon::cuda {

/// Adds the source of candidates for GPUs and the loader of family "cuda". Asks no GPU and opens no
/// library: those are looked for when a node is offered or a record loaded.
void register_kernels(kernel::Registry& registry);

}  // namespace tenon::cuda
