// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where activations and scratch lie in a context's memory.
#pragma once

#include "builder/streams.h"

namespace tenon::builder {

/// Gives every tensor in the arena and every workspace an offset, and the plan its arena size.
/// Memory is shared by what does not live at the same time: a tensor lives from the step that
/// writes it (content: that reads it first) to the last that reads it, both included. `aliases` has
/// an entry a step. A required alias shares memory in any case: the caller has seen to it that
/// nobody else needs the input. A permitted one does so when the input dies there, nothing else at
/// the step reads it, and both take the same bytes. Deterministic.
/// Steps of different streams live at the same time unless one is done before the other begins
/// (StepOrder): plan::Step::stream says them before this call.
void plan_memory(plan::Plan& plan, StepAliases aliases);

}  // namespace tenon::builder
