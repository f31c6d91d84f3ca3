// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading the kernel of a trial.
#include "tune/trial_kernel.h"

#include <algorithm>

namespace tenon::tune {

void TrialKernel::fail(Status status, std::string reason) {
  if (reason.empty()) reason = status.what != nullptr ? status.what : to_string(status.code);
  timing_.status = status;
  timing_.reason = std::move(reason);
}

bool TrialKernel::load(const kernel::LoaderTable& loaders,
                       const kernel::ContextResources& resources, uint64_t workspace_limit) {
  for (const TrialInput& input : trial_->inputs) {
    input_descs_.push_back(input.desc);
    greatest_inputs_.push_back(input.greatest);
  }
  output_descs_ = trial_->outputs;
  CollectingSink sink;
  Diagnostics diag(sink);
  loaded_ = trial_->live;
  if (loaded_ == nullptr) {
    holder_.emplace(*trial_->record, trial_->name, greatest_inputs_, trial_->greatest_outputs);
    auto loaded = kernel::load(loaders, holder_->view(), diag);
    if (!loaded.ok()) {
      fail(loaded.status(), sink.errors());
      return false;
    }
    owned_ = std::move(loaded).value();
    loaded_ = owned_.get();
  }
  timing_.workspace = loaded_->workspace(greatest_inputs_, trial_->greatest_outputs);
  if (timing_.workspace > workspace_limit) {
    fail({Code::Unsupported, "workspace limit"},
         fmt::format("wants {} bytes of workspace, the limit is {}", timing_.workspace,
                     workspace_limit));
    return false;
  }
  auto instance = loaded_->create_instance(resources);
  if (!instance.ok()) {
    fail(instance.status(), {});
    return false;
  }
  instance_ = std::move(instance).value();
  return true;
}

bool TrialKernel::shared(size_t position, bool output) const noexcept {
  return std::any_of(trial_->shared.begin(), trial_->shared.end(), [&](const auto& pair) {
    return static_cast<size_t>(output ? pair.first : pair.second) == position;
  });
}

std::string TrialKernel::output_name(size_t output) const {
  return output < trial_->output_names.size() ? trial_->output_names[output] : "";
}

}  // namespace tenon::tune
