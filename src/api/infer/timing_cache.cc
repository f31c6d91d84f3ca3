// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls on the timing cache.
#include "api/infer/timing_cache.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "api/infer/host_memory.h"

namespace tenon::api {

namespace {

tune::WorkKey to_key(const nvinfer1::TimingCacheKey& key) {
  tune::WorkKey result;
  std::memcpy(result.data.data(), key.data, result.data.size());
  return result;
}

}  // namespace

nvinfer1::IHostMemory* TimingCache::serialize() const noexcept {
  return guarded<nvinfer1::IHostMemory*>(voice_, nullptr,
                                         [&] { return new HostMemory(times_->save()); });
}

bool TimingCache::combine(nvinfer1::ITimingCache const& inputCache, bool ignoreMismatch) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const auto& other = static_cast<const TimingCache&>(inputCache);
    return times_->merge(*other.times_, ignoreMismatch, diag).ok();
  });
}

bool TimingCache::reset() noexcept {
  times_->clear();
  return true;
}

int64_t TimingCache::queryKeys(nvinfer1::TimingCacheKey* keyBuffer,
                               int64_t capacity) const noexcept {
  return guarded<int64_t>(voice_, -1, [&]() -> int64_t {
    const auto keys = times_->keys();
    const auto fits = std::min<int64_t>(capacity, static_cast<int64_t>(keys.size()));
    for (int64_t i = 0; keyBuffer != nullptr && i < fits; ++i) {
      std::memcpy(keyBuffer[i].data, keys[static_cast<size_t>(i)].data.data(), 16);
    }
    return static_cast<int64_t>(keys.size());
  });
}

nvinfer1::TimingCacheValue TimingCache::query(nvinfer1::TimingCacheKey const& key) const noexcept {
  const tune::WorkTime* best = times_->best(to_key(key));
  if (best == nullptr) return {nvinfer1::TimingCacheValue::kINVALID_TACTIC_HASH, 0};
  return {best->way, best->ms};
}

bool TimingCache::update(nvinfer1::TimingCacheKey const& key,
                         nvinfer1::TimingCacheValue const& value) noexcept {
  return guarded(voice_, false, [&] {
    const tune::WorkKey work = to_key(key);
    if (times_->ways(work).empty()) return false;
    if (std::isnan(value.timingMSec)) {
      times_->erase(work);
    } else {
      times_->pin(work, value.tacticHash, value.timingMSec);
    }
    return true;
  });
}

}  // namespace tenon::api
