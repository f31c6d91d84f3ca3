// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which backends there are: candidates for the builder, loaders for the runtime.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "kernel/loader.h"

namespace tenon::kernel {

/// Filled once by api (each backend's register_kernels), then only read.
class Registry final : public LoaderTable {
 public:
  void add_source(std::unique_ptr<CandidateSource> source);
  void add_loader(std::string family, LoadFunction load);

  [[nodiscard]] std::span<const std::unique_ptr<CandidateSource>> sources() const noexcept {
    return sources_;
  }
  [[nodiscard]] const LoadFunction* find_loader(std::string_view family) const noexcept override;

 private:
  std::vector<std::unique_ptr<CandidateSource>> sources_;
  std::vector<std::pair<std::string, LoadFunction>> loaders_;
};

/// All candidates for a node: the plugin's own for a Foreign node, then every source's in order.
std::vector<std::unique_ptr<Candidate>> candidates_for(const Registry& registry,
                                                       const NodeInfo& node,
                                                       const device::Target& target,
                                                       Diagnostics& diag);

}  // namespace tenon::kernel
