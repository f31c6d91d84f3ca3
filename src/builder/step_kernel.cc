// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records of chosen alternatives.
#include "builder/step_kernel.h"

#include "device/isa.h"

namespace tenon::builder {

namespace {

using Descs = std::vector<kernel::TensorDesc>;

/// The inputs as an engine shows them: absent and absorbed ones have no shape.
Descs greatest_inputs(const tune::Work& work, const tune::Alternative& alternative) {
  Descs descs(work.info.inputs.size());
  for (size_t i = 0; i < descs.size(); ++i) {
    const kernel::PortInfo& port = work.info.inputs[i];
    if (!port.present || alternative.absorbs(i)) continue;
    descs[i] = {port.dtype, alternative.configuration.inputs[i].layout, port.max, 0};
  }
  return descs;
}

Descs greatest_outputs(const tune::Work& work, const tune::Alternative& alternative) {
  Descs descs;
  for (size_t i = 0; i < work.info.outputs.size(); ++i) {
    const kernel::PortInfo& port = work.info.outputs[i];
    descs.push_back({port.dtype, alternative.configuration.outputs[i].layout, port.max, 0});
  }
  return descs;
}

}  // namespace

Result<StepKernel> make_kernel(kernel::Record record, std::string_view step_name,
                               std::span<const kernel::TensorDesc> inputs,
                               std::span<const kernel::TensorDesc> outputs,
                               const device::Target& target, const kernel::LoaderTable& loaders,
                               Diagnostics& diag) {
  StepKernel made;
  {
    const kernel::RecordHolder holder(record, step_name, inputs, outputs);
    const device::IsaScope there(target.isa);
    TENON_ASSIGN(const auto loaded, kernel::load(loaders, holder.view(), diag));
    made.workspace = loaded->workspace(inputs, outputs);
  }
  made.record = std::move(record);
  return made;
}

Result<StepKernel> make_kernel(tune::Work& work, const tune::Alternative& alternative,
                               const device::Target& target, const kernel::LoaderTable& loaders,
                               Diagnostics& diag) {
  kernel::Candidate& candidate = *work.candidates[alternative.candidate];
  const kernel::Configuration& configuration = alternative.configuration;
  TENON_TRY(candidate.configure(configuration, diag));
  TENON_ASSIGN(kernel::Record record,
               candidate.record(configuration, alternative.tactic, alternative.threads, diag));
  const Descs inputs = greatest_inputs(work, alternative);
  const Descs outputs = greatest_outputs(work, alternative);
  TENON_ASSIGN(const auto live, candidate.load_for_timing(configuration, alternative.tactic, diag));
  if (live == nullptr) {
    return make_kernel(std::move(record), work.info.name, inputs, outputs, target, loaders, diag);
  }
  return StepKernel{std::move(record), live->workspace(inputs, outputs)};
}

bool make_chosen(tune::Works& works, const device::Target& target,
                 const kernel::LoaderTable& loaders, uint64_t workspace_limit,
                 std::vector<std::optional<MadeKernel>>& kernels, Diagnostics& diag) {
  bool all = true;
  kernels.resize(works.size());
  for (size_t w = 0; w < works.size(); ++w) {
    tune::Work& work = *works[w];
    const size_t at = work.chosen();
    if (kernels[w] && kernels[w]->alternative == at) continue;
    tune::Alternative& chosen = work.alternatives[at];
    CollectingSink sink;
    Diagnostics quiet(sink);
    Result<StepKernel> made = make_kernel(work, chosen, target, loaders, quiet);
    if (!made.ok()) {
      chosen.refusal = sink.errors();
      if (chosen.refusal.empty()) chosen.refusal = to_string(made.status().code);
    } else if (made->workspace > workspace_limit) {
      chosen.refusal = fmt::format("wants {} bytes of workspace, the limit is {}", made->workspace,
                                   workspace_limit);
    } else {
      kernels[w] = MadeKernel{at, std::move(made).value()};
      continue;
    }
    diag.verbose("{}: {}: left out: {}", work.info.name, tune::describe(work, chosen),
                 chosen.refusal);
    kernels[w].reset();
    all = false;
  }
  return all;
}

}  // namespace tenon::builder
