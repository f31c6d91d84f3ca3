// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pools: where stream-ordered memory comes from and goes back to.
#include "hostcuda/runtime/memory/pool.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <unordered_map>

#include "hostcuda/runtime/memory/bytes.h"

void* CUmemPoolHandle_st::take(std::size_t size, std::size_t* capacity) {
  const std::size_t whole =
      (size + hostcuda::kAlignment - 1) / hostcuda::kAlignment * hostcuda::kAlignment;
  const std::lock_guard lock(mutex_);
  void* memory = nullptr;
  // Twice the size is the most that is wasted for the sake of reuse.
  if (const auto at = kept_.lower_bound(whole); at != kept_.end() && at->first / 2 <= whole) {
    *capacity = at->first;
    memory = at->second;
    kept_.erase(at);
  } else {
    if (props_.maxSize > 0 && reserved_ + whole > props_.maxSize) trim_locked(0);
    if (props_.maxSize > 0 && reserved_ + whole > props_.maxSize) return nullptr;
    memory = hostcuda::take_bytes(whole);
    if (!memory) {
      trim_locked(0);
      memory = hostcuda::take_bytes(whole);
    }
    if (!memory) return nullptr;
    *capacity = whole;
    reserved_ += whole;
    reserved_high_ = std::max(reserved_high_, reserved_);
  }
  used_ += *capacity;
  used_high_ = std::max(used_high_, used_);
  return memory;
}

void CUmemPoolHandle_st::give(void* memory, std::size_t capacity) {
  hostcuda::poison(memory, capacity);
  const std::lock_guard lock(mutex_);
  used_ -= capacity;
  if (retired_ || reserved_ > threshold_) {
    reserved_ -= capacity;
    hostcuda::give_bytes(memory, capacity);
  } else {
    kept_.emplace(capacity, memory);
  }
}

void CUmemPoolHandle_st::trim(std::size_t keep) {
  const std::lock_guard lock(mutex_);
  trim_locked(keep);
}

void CUmemPoolHandle_st::trim_locked(std::size_t keep) {
  while (reserved_ > keep && !kept_.empty()) {
    const auto largest = std::prev(kept_.end());
    reserved_ -= largest->first;
    hostcuda::give_bytes(largest->second, largest->first);
    kept_.erase(largest);
  }
}

cudaError_t CUmemPoolHandle_st::set(cudaMemPoolAttr attribute, const void* value) {
  const std::lock_guard lock(mutex_);
  switch (attribute) {
    case cudaMemPoolReuseFollowEventDependencies:
    case cudaMemPoolReuseAllowOpportunistic:
    case cudaMemPoolReuseAllowInternalDependencies:
      reuse_[attribute - cudaMemPoolReuseFollowEventDependencies] = *static_cast<const int*>(value);
      return cudaSuccess;
    case cudaMemPoolAttrReleaseThreshold:
      threshold_ = *static_cast<const std::uint64_t*>(value);
      return cudaSuccess;
    // The high marks can only be put back to what is there now, which is asked for with 0.
    case cudaMemPoolAttrReservedMemHigh:
      if (*static_cast<const std::uint64_t*>(value) != 0) return cudaErrorInvalidValue;
      reserved_high_ = reserved_;
      return cudaSuccess;
    case cudaMemPoolAttrUsedMemHigh:
      if (*static_cast<const std::uint64_t*>(value) != 0) return cudaErrorInvalidValue;
      used_high_ = used_;
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}

cudaError_t CUmemPoolHandle_st::get(cudaMemPoolAttr attribute, void* value) const {
  const std::lock_guard lock(mutex_);
  auto& number = *static_cast<std::uint64_t*>(value);
  switch (attribute) {
    case cudaMemPoolReuseFollowEventDependencies:
    case cudaMemPoolReuseAllowOpportunistic:
    case cudaMemPoolReuseAllowInternalDependencies:
      *static_cast<int*>(value) = reuse_[attribute - cudaMemPoolReuseFollowEventDependencies];
      return cudaSuccess;
    case cudaMemPoolAttrReleaseThreshold:
      number = threshold_;
      return cudaSuccess;
    case cudaMemPoolAttrReservedMemCurrent:
      number = reserved_;
      return cudaSuccess;
    case cudaMemPoolAttrReservedMemHigh:
      number = reserved_high_;
      return cudaSuccess;
    case cudaMemPoolAttrUsedMemCurrent:
      number = used_;
      return cudaSuccess;
    case cudaMemPoolAttrUsedMemHigh:
      number = used_high_;
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}

bool CUmemPoolHandle_st::retire() {
  const std::lock_guard lock(mutex_);
  retired_ = true;
  trim_locked(0);
  return used_ == 0;
}

bool CUmemPoolHandle_st::done() const {
  const std::lock_guard lock(mutex_);
  return retired_ && used_ == 0;
}

namespace hostcuda {
namespace {

/// All pools; those destroyed with memory still in use wait apart for it.
struct Pools {
  std::mutex mutex;
  std::unordered_map<cudaMemPool_t, std::unique_ptr<CUmemPoolHandle_st>> live;
  std::unordered_map<cudaMemPool_t, std::unique_ptr<CUmemPoolHandle_st>> waiting;
  std::atomic<cudaMemPool_t> current{nullptr};
};

Pools& pools() {
  static auto* const one = new Pools;
  return *one;
}

}  // namespace

cudaMemPool_t default_pool() {
  static const cudaMemPool_t first = [] {
    cudaMemPoolProps props = {};
    props.allocType = cudaMemAllocationTypePinned;
    props.location = {cudaMemLocationTypeDevice, 0};
    return make_pool(props);
  }();
  return first;
}

cudaMemPool_t current_pool() {
  const cudaMemPool_t chosen = pools().current.load(std::memory_order_acquire);
  return chosen ? chosen : default_pool();
}

void use_pool(cudaMemPool_t pool) { pools().current.store(pool, std::memory_order_release); }

bool is_pool(cudaMemPool_t pool) {
  const std::lock_guard lock(pools().mutex);
  return pools().live.count(pool) > 0;
}

cudaMemPool_t make_pool(const cudaMemPoolProps& props) {
  auto made = std::make_unique<CUmemPoolHandle_st>(props);
  const cudaMemPool_t handle = made.get();
  const std::lock_guard lock(pools().mutex);
  pools().live.emplace(handle, std::move(made));
  return handle;
}

void destroy_pool(cudaMemPool_t pool) {
  cudaMemPool_t current = pool;
  pools().current.compare_exchange_strong(current, nullptr);
  const std::lock_guard lock(pools().mutex);
  const auto at = pools().live.find(pool);
  if (at == pools().live.end()) return;
  if (!pool->retire()) pools().waiting.emplace(pool, std::move(at->second));
  pools().live.erase(at);
}

void give_to_pool(cudaMemPool_t pool, void* memory, std::size_t capacity) {
  const std::lock_guard lock(pools().mutex);
  pool->give(memory, capacity);
  if (pool->done()) pools().waiting.erase(pool);
}

void reset_pools() {
  const cudaMemPool_t first = default_pool();
  pools().current.store(nullptr, std::memory_order_release);
  const std::lock_guard lock(pools().mutex);
  first->trim(0);
  for (auto at = pools().live.begin(); at != pools().live.end();) {
    if (at->first == first) {
      ++at;
      continue;
    }
    at->first->retire();
    at = pools().live.erase(at);
  }
}

}  // namespace hostcuda
