// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the tuner measured, kept from build to build.
#pragma once

#include "nvinfer1/weights.h"

namespace nvinfer1 {

namespace v_1_0 {

/// Identifies one measurement: an operation with its shapes, types, formats and machine.
struct TimingCacheKey {
  uint8_t data[16];
};

/// The tactic that won, and its time.
struct TimingCacheValue {
  uint64_t tacticHash;
  float timingMSec;

  /// Of a measurement that is not there.
  static constexpr uint64_t kINVALID_TACTIC_HASH = UINT64_MAX;
};

}  // namespace v_1_0

using TimingCacheKey = v_1_0::TimingCacheKey;
using TimingCacheValue = v_1_0::TimingCacheValue;

/// Measurements of one machine and version. Made by IBuilderConfig::createTimingCache, freed with
/// delete.
class ITimingCache : public INoCopy {
 public:
  virtual ~ITimingCache() noexcept = default;

  /// The content as bytes, owned by the caller.
  virtual IHostMemory* serialize() const noexcept = 0;

  /// Adds what the other has. False when it comes from another machine or version, unless that is
  /// to be ignored.
  virtual bool combine(ITimingCache const& inputCache, bool ignoreMismatch) noexcept = 0;

  /// Forgets everything.
  virtual bool reset() noexcept = 0;

  /// Writes up to `capacity` keys and returns how many there are; -1 on an error.
  virtual int64_t queryKeys(TimingCacheKey* keyBuffer, int64_t capacity) const noexcept = 0;

  /// What is known under `key`; the hash is kINVALID_TACTIC_HASH, and the time NaN, when nothing
  /// is.
  virtual TimingCacheValue query(TimingCacheKey const& key) const noexcept = 0;

  /// Replaces a measurement, or with NaN as time drops it. Needs
  /// BuilderFlag::kEDITABLE_TIMING_CACHE to have an effect; false when the key is not there.
  virtual bool update(TimingCacheKey const& key, TimingCacheValue const& value) noexcept = 0;
};

}  // namespace nvinfer1
