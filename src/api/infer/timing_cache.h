// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The timing cache as users hold it.
#pragma once

#include <memory>

#include "NvInfer.h"
#include "api/voice.h"
#include "tune/timing_cache.h"

namespace tenon::api {

/// Measured times, as one or several objects of the interface hold them: the user's, and that of a
/// builder configuration it was given to. Builds that share them must not overlap.
class TimingCache final : public nvinfer1::ITimingCache {
 public:
  using Times = std::shared_ptr<tune::TimingCache>;
  TimingCache(Times times, const Voice& voice) : times_(std::move(times)), voice_(voice) {}

  [[nodiscard]] const Times& times() const noexcept { return times_; }

  nvinfer1::IHostMemory* serialize() const noexcept override;
  bool combine(nvinfer1::ITimingCache const& inputCache, bool ignoreMismatch) noexcept override;
  bool reset() noexcept override;
  int64_t queryKeys(nvinfer1::TimingCacheKey* keyBuffer, int64_t capacity) const noexcept override;
  nvinfer1::TimingCacheValue query(nvinfer1::TimingCacheKey const& key) const noexcept override;
  bool update(nvinfer1::TimingCacheKey const& key,
              nvinfer1::TimingCacheValue const& value) noexcept override;

 private:
  Times times_;
  mutable Voice voice_;
};

}  // namespace tenon::api
