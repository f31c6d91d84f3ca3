// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plans of cuDNN, lent one at a time: making one may compile code, and builds ask again and again.
#pragma once

#include <optional>
#include <string>

#include "backends/cuda/cudnn_graph.h"

namespace tenon::cuda {

/// A plan for one user at a time, since runs of one plan may not overlap. Given back when this goes
/// away; the latest few hundred wait for whoever asks for the same. Move-only; empty when made so.
class CudnnLease {
 public:
  CudnnLease() = default;
  /// A plan of `choice` that waits, or a new one. Not ok() when the engine cannot serve the graph.
  CudnnLease(const CudnnGraph& graph, const CudnnChoice& choice);
  CudnnLease(CudnnLease&& other) noexcept { *this = std::move(other); }
  CudnnLease& operator=(CudnnLease&& other) noexcept {
    std::swap(key_, other.key_);
    std::swap(plan_, other.plan_);
    return *this;
  }
  ~CudnnLease();

  [[nodiscard]] bool ok() const noexcept { return plan_.ok(); }
  [[nodiscard]] const CudnnDescriptor& plan() const noexcept { return plan_; }

 private:
  std::string key_;
  CudnnDescriptor plan_;
};

/// What CudnnGraph::proposals() says, asked once a process for equal graphs.
std::vector<CudnnChoice> cudnn_proposals(const CudnnGraph& graph, size_t most, bool tf32);

}  // namespace tenon::cuda
