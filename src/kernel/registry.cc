// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of backends.
#include "kernel/registry.h"

namespace tenon::kernel {

void Registry::add_source(std::unique_ptr<CandidateSource> source) {
  sources_.push_back(std::move(source));
}

void Registry::add_loader(std::string family, LoadFunction load) {
  loaders_.emplace_back(std::move(family), std::move(load));
}

const LoadFunction* Registry::find_loader(std::string_view family) const noexcept {
  for (const auto& [name, load] : loaders_) {
    if (name == family) return &load;
  }
  return nullptr;
}

std::vector<std::unique_ptr<Candidate>> candidates_for(const Registry& registry,
                                                       const NodeInfo& node,
                                                       const device::Target& target,
                                                       Diagnostics& diag) {
  std::vector<std::unique_ptr<Candidate>> all;
  if (const auto* foreign = std::get_if<ops::Foreign>(node.op)) {
    foreign->op->kernels().candidates(node, target, diag, all);
    return all;
  }
  for (const auto& source : registry.sources()) {
    if (source->device() == target.kind) source->candidates(node, target, diag, all);
  }
  return all;
}

}  // namespace tenon::kernel
