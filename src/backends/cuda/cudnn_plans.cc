// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What waits and what is known, for the whole process.
#include "backends/cuda/cudnn_plans.h"

#include <fmt/core.h>

#include <deque>
#include <map>
#include <mutex>

namespace tenon::cuda {

namespace {

struct CudnnShelf {
  std::mutex mutex;
  std::deque<std::pair<std::string, CudnnDescriptor>> idle;  ///< the latest last
  std::map<std::string, std::vector<CudnnChoice>> proposals;
};

/// Never destroyed: the library may be gone before it.
CudnnShelf& cudnn_shelf() {
  static auto* const shelf = new CudnnShelf;
  return *shelf;
}

std::string key_of(const CudnnGraph& graph, const CudnnChoice& choice) {
  std::string key = graph.key() + fmt::format("#{}", choice.engine);
  for (const auto& [knob, value] : choice.knobs) key += fmt::format(",{}={}", knob, value);
  return key;
}

}  // namespace

CudnnLease::CudnnLease(const CudnnGraph& graph, const CudnnChoice& choice)
    : key_(key_of(graph, choice)) {
  CudnnShelf& shelf = cudnn_shelf();
  {
    const std::lock_guard lock(shelf.mutex);
    for (auto it = shelf.idle.begin(); it != shelf.idle.end(); ++it) {
      if (it->first != key_) continue;
      plan_ = std::move(it->second);
      shelf.idle.erase(it);
      return;
    }
  }
  plan_ = graph.plan(choice);
}

CudnnLease::~CudnnLease() {
  if (!plan_.ok()) return;
  constexpr size_t kMostIdle = 256;
  std::pair<std::string, CudnnDescriptor> oldest;
  CudnnShelf& shelf = cudnn_shelf();
  const std::lock_guard lock(shelf.mutex);
  shelf.idle.emplace_back(std::move(key_), std::move(plan_));
  if (shelf.idle.size() <= kMostIdle) return;
  oldest = std::move(shelf.idle.front());
  shelf.idle.pop_front();
}

std::vector<CudnnChoice> cudnn_proposals(const CudnnGraph& graph, size_t most, bool tf32) {
  const std::string key = graph.key() + fmt::format("#{}{}", most, tf32 ? " tf32" : "");
  CudnnShelf& shelf = cudnn_shelf();
  {
    const std::lock_guard lock(shelf.mutex);
    if (const auto found = shelf.proposals.find(key); found != shelf.proposals.end()) {
      return found->second;
    }
  }
  std::vector<CudnnChoice> made = graph.proposals(most, tf32);
  constexpr size_t kMostKept = 4096;
  const std::lock_guard lock(shelf.mutex);
  if (shelf.proposals.size() >= kMostKept) shelf.proposals.clear();
  return shelf.proposals[key] = std::move(made);
}

}  // namespace tenon::cuda
