// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The door of the oneDNN backend.
#pragma once

#include "kernel/registry.h"

namespace tenon::dnnl {

/// Adds the candidates' source "dnnl" and the loader of family "dnnl". Opens nothing.
void register_kernels(kernel::Registry& registry);

}  // namespace tenon::dnnl
