// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing down what was chosen as tensors and steps.
#pragma once

#include <vector>

#include "builder/lowering.h"
#include "builder/step_kernel.h"
#include "plan/plan.h"
#include "tune/reformats.h"

namespace tenon::builder {

/// What emission reads. Everything outlives the call.
struct Emission {
  const ir::Graph& graph;
  const Lowered& lowered;
  const Extents& extents;
  const std::vector<ProfileRanges>& profiles;  ///< complete
  std::vector<MadeKernel> kernels;             ///< one a work; moved into the plan
  tune::Reformats& reformats;
  const kernel::LoaderTable& loaders;
  const BuildConfig& config;
};

/// A plan whose arena has no offsets yet, and for every step which outputs may or must share memory
/// with inputs.
struct Emitted {
  plan::Plan plan;
  std::vector<std::vector<kernel::Alias>> aliases;
  std::vector<double> ms;  ///< one a step, as measured; 0: unknown
};

/// Steps in the order of the works, with a reformat before the first reader of every layout a
/// tensor is not made in, a copy where a plugin would overwrite what others need, and copies to
/// network outputs that no step can write directly. Deterministic.
Result<Emitted> emit(Emission emission, Diagnostics& diag);

}  // namespace tenon::builder
