// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making the kernels that were chosen: their records and what scratch they need.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/loader.h"
#include "tune/work.h"

namespace tenon::builder {

/// What a step of the plan runs.
struct StepKernel {
  kernel::Record record;
  uint64_t workspace = 0;  ///< bytes at the greatest shapes
};

/// The kernel of a work, and which of its alternatives it is.
struct MadeKernel {
  size_t alternative = 0;
  StepKernel kernel;
};

/// The kernel of an alternative: configured, recorded and loaded once, as an engine on `target`
/// will. That target may be another machine than this one: then what its record says is checked
/// here as it will be there, but for that it runs. A failure is explained in `diag`.
Result<StepKernel> make_kernel(tune::Work& work, const tune::Alternative& alternative,
                               const device::Target& target, const kernel::LoaderTable& loaders,
                               Diagnostics& diag);

/// A record that needs no candidate, loaded once to learn its workspace.
Result<StepKernel> make_kernel(kernel::Record record, std::string_view step_name,
                               std::span<const kernel::TensorDesc> inputs,
                               std::span<const kernel::TensorDesc> outputs,
                               const device::Target& target, const kernel::LoaderTable& loaders,
                               Diagnostics& diag);

/// Makes the chosen alternative of every work; `kernels` keeps them from call to call. A chosen one
/// that fails, or wants more scratch than `workspace_limit`, is refused with the reason: then the
/// result is false, and the choice has to be made anew.
bool make_chosen(tune::Works& works, const device::Target& target,
                 const kernel::LoaderTable& loaders, uint64_t workspace_limit,
                 std::vector<std::optional<MadeKernel>>& kernels, Diagnostics& diag);

}  // namespace tenon::builder
