// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Timing reformats, or estimating them.
#include "tune/reformats.h"

#include <vector>

#include "base/hash.h"

namespace tenon::tune {

namespace {

// Below this a second thread costs more than it brings.
constexpr int64_t kLeastParallelBytes = 64 << 10;

/// Reads and writes at a few bytes a nanosecond: what is right within a factor of two serves where
/// nothing was measured.
double estimate_ms(int64_t bytes) {
  constexpr double kBytesPerMs = 4e6, kOverheadMs = 5e-4;
  return kOverheadMs + 2 * static_cast<double>(bytes) / kBytesPerMs;
}

}  // namespace

const Reformat& Reformats::find(DType dtype, const Dims& opt, const Dims& greatest,
                                const kernel::Layout& from, const kernel::Layout& to) {
  const std::string description =
      fmt::format("reformat {} {} {} {} -> {}", to_string(dtype), to_string(opt),
                  to_string(greatest), kernel::to_string(from), kernel::to_string(to));
  const auto known = found_.find(description);
  if (known != found_.end()) return known->second;
  const kernel::TensorDesc source{dtype, from, opt, 0}, target{dtype, to, opt, 0};
  return found_[description] = search(description, source, target, greatest);
}

Reformat Reformats::search(const std::string& description, const kernel::TensorDesc& from,
                           const kernel::TensorDesc& to, const Dims& greatest) {
  Reformat best;
  if (!(from.layout == to.layout) && (from.layout.private_id != 0 || to.layout.private_id != 0)) {
    best.refusal = "a library's private layout cannot be reformatted";
    return best;
  }
  const Result<kernel::Record> record =
      source_.make(from.dtype, from.layout, to.layout, 1, options_.target);
  if (!record.ok()) {
    const Status status = record.status();
    best.refusal = status.what != nullptr ? status.what : to_string(status.code);
    return best;
  }
  best.ms = estimate_ms(from.bytes());
  if (options_.level > 0) measure(description, from, to, greatest, best);
  return best;
}

void Reformats::measure(const std::string& description, const kernel::TensorDesc& from,
                        const kernel::TensorDesc& to, const Dims& greatest, Reformat& best) {
  const WorkKey key = make_work_key(description);
  std::vector<int> counts{1};
  if (options_.max_threads > 1 && from.bytes() >= kLeastParallelBytes) {
    counts.push_back(options_.max_threads);
  }
  const auto consider = [&](int threads, float ms) {
    if (best.measured && ms >= best.ms) return;
    best = {threads, ms, true, {}};
  };
  std::vector<kernel::Record> records;
  for (const int threads : counts) {
    Result<kernel::Record> record =
        source_.make(from.dtype, from.layout, to.layout, threads, options_.target);
    if (record.ok()) records.push_back(std::move(record).value());
  }
  std::vector<Trial> trials;
  std::vector<WorkTime> ways;
  for (const kernel::Record& record : records) {
    WorkTime way;
    way.text = fmt::format("{} {}, {} threads", record.id.text(), description, record.threads);
    way.way = hash64(way.text);
    if (const std::optional<float> ms = cache_.find(key, way.way)) {
      consider(record.threads, *ms);
      continue;
    }
    Trial& trial = trials.emplace_back();
    trial.name = description;
    trial.record = &record;
    trial.inputs.push_back({from, {from.dtype, from.layout, greatest, 0}, true, {}});
    trial.outputs = {to};
    trial.greatest_outputs = {{to.dtype, to.layout, greatest, 0}};
    ways.push_back(std::move(way));
  }
  if (trials.empty()) return;
  if (options_.error_on_cache_miss) {
    if (cache_miss_.empty()) cache_miss_ = description;
    return;
  }
  Effort effort = effort_of(options_);
  effort.cold_weights = false;  // it has none, and its input was written just before
  const std::vector<Timing> timings = timer_.time(trials, effort);
  for (size_t i = 0; i < trials.size(); ++i) {
    if (!timings[i].status.ok()) continue;
    ways[i].ms = static_cast<float>(timings[i].ms);
    consider(trials[i].record->threads, ways[i].ms);
    cache_.insert(key, std::move(ways[i]));
  }
  if (!best.measured) best.refusal = timings[0].reason;
}

}  // namespace tenon::tune
