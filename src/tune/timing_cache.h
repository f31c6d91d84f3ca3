// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Measured times, kept between builds.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::tune {

/// Names one work: an operator with its parameters, types, shapes and layouts.
struct WorkKey {
  std::array<uint8_t, 16> data{};
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 inside for a pointer
  friend auto operator<=>(const WorkKey&, const WorkKey&) = default;
};

/// Hash of a text that describes the work.
WorkKey make_work_key(std::string_view description) noexcept;

/// The time of a way that a library refuses.
inline constexpr float kNeverMs = 1e30F;

/// One way to do a work, and what it took. `way` is the hash of `text`, which names kernel, timing
/// key, tactic and threads, e.g. "simd/convolution_nhwc@1 tactic 0, 2 threads".
struct WorkTime {
  uint64_t way = 0;
  float ms = 0;  ///< kNeverMs: it was tried, and cannot serve
  std::string text;
};

/// Times of the ways to do works on one kind of machine. A work may be pinned to one way: then
/// tuning takes that way, whatever the others cost. Order of everything is by key, so equal
/// contents give equal bytes. Not thread-safe.
class TimingCache {
 public:
  /// `fingerprint` names the kind of machine (device::Target::fingerprint).
  explicit TimingCache(std::string fingerprint) : fingerprint_(std::move(fingerprint)) {}

  /// Reads what save() wrote; hostile bytes are refused with a sentence. Fails with Unsupported
  /// when the cache was written on another kind of machine or in another version of this format,
  /// unless `ignore_mismatch` (another format version is then read as empty).
  static Result<TimingCache> load(std::span<const std::byte> bytes, std::string fingerprint,
                                  bool ignore_mismatch, Diagnostics& diag);
  [[nodiscard]] Bytes save() const;

  /// Takes over what `other` has and this lacks. Fails, changing nothing, when the fingerprints
  /// differ, unless `ignore_mismatch`.
  Status merge(const TimingCache& other, bool ignore_mismatch, Diagnostics& diag);

  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }
  [[nodiscard]] std::vector<WorkKey> keys() const;
  /// All ways known for a work, by ascending `way`; empty when the work is unknown.
  [[nodiscard]] std::span<const WorkTime> ways(const WorkKey& key) const noexcept;
  [[nodiscard]] std::optional<float> find(const WorkKey& key, uint64_t way) const noexcept;
  /// The pinned way, else the fastest; null when the work is unknown.
  [[nodiscard]] const WorkTime* best(const WorkKey& key) const noexcept;
  [[nodiscard]] std::optional<uint64_t> pinned(const WorkKey& key) const noexcept;

  /// Keeps or replaces one time, in milliseconds.
  void insert(const WorkKey& key, WorkTime time);
  /// From now on the work is done in this way.
  void pin(const WorkKey& key, uint64_t way, float ms);
  /// Forgets all ways of a work.
  void erase(const WorkKey& key);
  void clear() { works_.clear(); }
  /// Works and ways known.
  [[nodiscard]] size_t size() const noexcept { return works_.size(); }

 private:
  Status read_works(ByteReader& reader);

  struct Work {
    std::vector<WorkTime> ways;
    std::optional<uint64_t> pinned;
  };
  std::string fingerprint_;
  std::map<WorkKey, Work> works_;
};

}  // namespace tenon::tune
