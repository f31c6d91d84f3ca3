// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What it costs to bring a tensor from one layout to another.
#pragma once

#include <map>
#include <string>

#include "tune/options.h"
#include "tune/reformat_source.h"
#include "tune/timing_cache.h"

namespace tenon::tune {

/// The best way found for one reformat.
struct Reformat {
  int threads = 1;
  double ms = 0;
  bool measured = false;  ///< else estimated from bytes
  std::string refusal;    ///< why there is none; empty: there is one
};

/// Finds, times and remembers reformats by type, extents and layouts.
class Reformats {
 public:
  /// Everything outlives this.
  Reformats(ReformatSource& source, Timer& timer, TimingCache& cache, const Options& options)
      : source_(source), timer_(timer), cache_(cache), options_(options) {}

  /// Of a tensor with these extents (`greatest` at least `opt`). Equal layouts are a copy.
  const Reformat& find(DType dtype, const Dims& opt, const Dims& greatest,
                       const kernel::Layout& from, const kernel::Layout& to);
  /// The kernel of a reformat that was found.
  Result<kernel::Record> record(const Reformat& reformat, DType dtype, const kernel::Layout& from,
                                const kernel::Layout& to) {
    return source_.make(dtype, from, to, reformat.threads, options_.target);
  }
  /// The first reformat whose time the cache lacked though it had to have it; empty when none.
  [[nodiscard]] const std::string& cache_miss() const noexcept { return cache_miss_; }
  /// All that were asked for, by description.
  [[nodiscard]] const std::map<std::string, Reformat>& all() const noexcept { return found_; }

 private:
  Reformat search(const std::string& description, const kernel::TensorDesc& from,
                  const kernel::TensorDesc& to, const Dims& greatest);
  void measure(const std::string& description, const kernel::TensorDesc& from,
               const kernel::TensorDesc& to, const Dims& greatest, Reformat& best);

  ReformatSource& source_;
  Timer& timer_;
  TimingCache& cache_;
  const Options& options_;
  std::map<std::string, Reformat> found_;
  std::string cache_miss_;
};

}  // namespace tenon::tune
