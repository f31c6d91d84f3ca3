// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The timing cache as users hold it.
#pragma once

#include "NvInfer.h"
#include "api/voice.h"
#include "tune/timing_cache.h"

namespace tenon::api {

/// A cache of measured times; owned by the user, or by a builder configuration.
class TimingCache final : public nvinfer1::ITimingCache {
 public:
  TimingCache(tune::TimingCache cache, const Voice& voice)
      : cache_(std::move(cache)), voice_(voice) {}

  [[nodiscard]] tune::TimingCache& cache() noexcept { return cache_; }
  [[nodiscard]] const tune::TimingCache& cache() const noexcept { return cache_; }

  nvinfer1::IHostMemory* serialize() const noexcept override;
  bool combine(nvinfer1::ITimingCache const& inputCache, bool ignoreMismatch) noexcept override;
  bool reset() noexcept override;
  int64_t queryKeys(nvinfer1::TimingCacheKey* keyBuffer, int64_t capacity) const noexcept override;
  nvinfer1::TimingCacheValue query(nvinfer1::TimingCacheKey const& key) const noexcept override;
  bool update(nvinfer1::TimingCacheKey const& key,
              nvinfer1::TimingCacheValue const& value) noexcept override;

 private:
  tune::TimingCache cache_;
  mutable Voice voice_;
};

}  // namespace tenon::api
