// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The timing cache: lookups, merging, and its bytes.
#include "tune/timing_cache.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/hash.h"

namespace tenon::tune {

namespace {

constexpr uint32_t kMagic = 0x43545454;  // "TTTC"
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderBytes = 16;  // magic, version, checksum of what follows

auto position(std::vector<WorkTime>& ways, uint64_t way) {
  return std::lower_bound(ways.begin(), ways.end(), way,
                          [](const WorkTime& a, uint64_t b) { return a.way < b; });
}

bool plausible(float ms) { return std::isfinite(ms) && ms >= 0; }

Status damaged(Diagnostics& diag) {
  return diag.fail(Code::InvalidArgument,
                   "the timing cache is damaged: start with an empty one, or take a backup");
}

}  // namespace

WorkKey make_work_key(std::string_view description) noexcept {
  WorkKey key;
  const uint64_t halves[2] = {hash64(description), hash64(description, 0x74656e6f6eULL)};
  std::memcpy(key.data.data(), halves, sizeof halves);
  return key;
}

Result<TimingCache> TimingCache::load(std::span<const std::byte> bytes, std::string fingerprint,
                                      bool ignore_mismatch, Diagnostics& diag) {
  TimingCache cache(std::move(fingerprint));
  if (bytes.empty()) return cache;
  ByteReader reader(bytes);
  if (reader.take<uint32_t>() != kMagic) {
    return diag.fail(Code::InvalidArgument, "these bytes are no timing cache");
  }
  const auto version = reader.take<uint32_t>();
  const auto checksum = reader.take<uint64_t>();
  if (version != kVersion) {
    if (ignore_mismatch) return cache;
    return diag.fail(Code::Unsupported,
                     "the timing cache has format {}, this version reads {}: start with an empty "
                     "one, or ask to ignore the mismatch",
                     version, kVersion);
  }
  if (!reader.ok() || checksum != hash64(bytes.subspan(kHeaderBytes))) return damaged(diag);
  const std::string_view made_on = reader.text();
  if (reader.ok() && made_on != cache.fingerprint_ && !ignore_mismatch) {
    return diag.fail(Code::Unsupported,
                     "the timing cache was made on [{}], but this build is for [{}]: use the cache "
                     "of that machine, or ask to ignore the mismatch",
                     made_on, cache.fingerprint_);
  }
  if (const Status status = cache.read_works(reader); !status.ok()) return damaged(diag);
  return cache;
}

Status TimingCache::read_works(ByteReader& reader) {
  const Status failure{Code::InvalidArgument, "damaged timing cache"};
  for (auto works = reader.take<uint32_t>(); works > 0 && reader.ok(); --works) {
    WorkKey key;
    const auto raw = reader.raw(key.data.size());
    if (raw.size() != key.data.size()) return failure;
    std::memcpy(key.data.data(), raw.data(), raw.size());
    const bool is_pinned = reader.take<uint8_t>() != 0;
    const auto pinned_way = reader.take<uint64_t>();
    for (auto ways = reader.take<uint32_t>(); ways > 0 && reader.ok(); --ways) {
      WorkTime time;
      time.way = reader.take<uint64_t>();
      time.ms = reader.take<float>();
      time.text = reader.text();
      if (!reader.ok() || !plausible(time.ms)) return failure;
      insert(key, std::move(time));
    }
    if (is_pinned) works_[key].pinned = pinned_way;
  }
  return reader.ok() && reader.at_end() ? Status{} : failure;
}

Bytes TimingCache::save() const {
  ByteWriter body;
  body.text(fingerprint_);
  body.put(static_cast<uint32_t>(works_.size()));
  for (const auto& [key, work] : works_) {
    body.raw(std::as_bytes(std::span(key.data)));
    body.put(static_cast<uint8_t>(work.pinned.has_value()));
    body.put(work.pinned.value_or(0));
    body.put(static_cast<uint32_t>(work.ways.size()));
    for (const WorkTime& time : work.ways) {
      body.put(time.way);
      body.put(time.ms);
      body.text(time.text);
    }
  }
  ByteWriter all;
  all.put(kMagic);
  all.put(kVersion);
  all.put(hash64(body.bytes()));
  all.raw(body.bytes());
  return std::move(all).bytes();
}

Status TimingCache::merge(const TimingCache& other, bool ignore_mismatch, Diagnostics& diag) {
  if (other.fingerprint_ != fingerprint_ && !ignore_mismatch) {
    return diag.fail(Code::Unsupported,
                     "timing caches of different machines do not mix: [{}] and [{}]", fingerprint_,
                     other.fingerprint_);
  }
  for (const auto& [key, work] : other.works_) {
    Work& mine = works_[key];
    for (const WorkTime& time : work.ways) {
      const auto at = position(mine.ways, time.way);
      if (at == mine.ways.end() || at->way != time.way) mine.ways.insert(at, time);
    }
    if (!mine.pinned) mine.pinned = work.pinned;
  }
  return {};
}

std::vector<WorkKey> TimingCache::keys() const {
  std::vector<WorkKey> keys;
  keys.reserve(works_.size());
  for (const auto& [key, work] : works_) keys.push_back(key);
  return keys;
}

std::span<const WorkTime> TimingCache::ways(const WorkKey& key) const noexcept {
  const auto found = works_.find(key);
  if (found == works_.end()) return {};
  return found->second.ways;
}

std::optional<float> TimingCache::find(const WorkKey& key, uint64_t way) const noexcept {
  for (const WorkTime& time : ways(key)) {
    if (time.way == way) return time.ms;
  }
  return std::nullopt;
}

const WorkTime* TimingCache::best(const WorkKey& key) const noexcept {
  const std::span<const WorkTime> known = ways(key);
  const std::optional<uint64_t> wanted = pinned(key);
  const WorkTime* best = nullptr;
  for (const WorkTime& time : known) {
    if (wanted && time.way == *wanted) return &time;
    if (best == nullptr || time.ms < best->ms) best = &time;
  }
  return best;
}

std::optional<uint64_t> TimingCache::pinned(const WorkKey& key) const noexcept {
  const auto found = works_.find(key);
  if (found == works_.end()) return std::nullopt;
  return found->second.pinned;
}

void TimingCache::insert(const WorkKey& key, WorkTime time) {
  std::vector<WorkTime>& known = works_[key].ways;
  const auto at = position(known, time.way);
  if (at != known.end() && at->way == time.way) {
    *at = std::move(time);
  } else {
    known.insert(at, std::move(time));
  }
}

void TimingCache::pin(const WorkKey& key, uint64_t way, float ms) {
  Work& work = works_[key];
  work.pinned = way;
  const auto at = position(work.ways, way);
  if (at != work.ways.end() && at->way == way) {
    at->ms = ms;
  } else {
    work.ways.insert(at, WorkTime{way, ms, {}});
  }
}

void TimingCache::erase(const WorkKey& key) { works_.erase(key); }

}  // namespace tenon::tune
