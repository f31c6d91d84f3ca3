// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether an engine is the one that its own network gives.
#pragma once

#include "base/diagnostics.h"
#include "plan/view.h"

namespace tenon::builder {

/// Compares an engine with the one derived anew from its network: shapes, types, formats, memory,
/// steps, kernels and their weights. Names in `diag` every difference up to a limit, and fails with
/// InvalidPlan when there is one. Records and libraries are not compared.
Status compare_engines(const plan::View& found, const plan::View& derived, Diagnostics& diag);

}  // namespace tenon::builder
